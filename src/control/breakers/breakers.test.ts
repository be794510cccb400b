import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, addModels, openAdminRig, pasted } from '../../../test/support/admin-rig.ts';
import { openConfigStore } from '../../adapters/sqlite/config-store.ts';
import type { BreakerChange } from '../../domain/breaker-change.ts';
import { keepBreaker } from './keep.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
  await addModels(rig, 'a', 'b', 'c');
  await rig.call('POST', '/routes', pasted('a', 'b'));
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});
const breakerOf = async (id: string) =>
  (await rig.call('GET', '/breakers')).body.items.find((one: { model_id: string }) => one.model_id === id);

describe('breakers', () => {
  it('are shown with their arithmetic, and with who stands in on each route', async () => {
    const { status, body } = await rig.call('GET', '/breakers?limit=2');
    expect([status, body.items.map((one: { model_id: string }) => one.model_id)]).toEqual([200, ['a', 'b']]);
    expect(body.items[1]).toEqual({
      model_id: 'b',
      state: 'CLOSED',
      enabled: true,
      held: false,
      because: 'nothing counted in 5 min',
      because_zh: '5 分钟内没有计数',
      since: null,
      open_until: null,
      open_left: null,
      counts: {
        window: '5m',
        requests: 0,
        failures: 0,
        error_rate_pct: null,
        consecutive_failures: 0,
        arithmetic: 'nothing counted in 5 min',
        arithmetic_zh: '5 分钟内没有计数',
      },
      probes: { passed: 0, needed: 5, under_way: 0 },
      trips: 0,
      fallbacks: [{ route_id: 'default', model_id: 'a' }],
      history: [],
    });
    expect((await breakerOf('a')).fallbacks).toEqual([{ route_id: 'default', model_id: null }]);
    const rest = await rig.call('GET', `/breakers?limit=2&cursor=${body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ model_id: 'c', fallbacks: [] }], next_cursor: null });
  });

  it('show counts and rate as they are', async () => {
    const live = rig.control.core().breakers() as unknown as {
      enter(id: string): number;
      leave(id: string, pass: number, verdict: string | null): void;
    };
    for (let i = 1; i <= 160; i += 1) live.leave('b', live.enter('b'), i % 40 === 0 ? 'truncated' : null);
    expect((await breakerOf('b')).counts).toMatchObject({
      requests: 160,
      failures: 4,
      error_rate_pct: 2.5,
      arithmetic: '4 of 160 = 2.5 % < 3.0 %',
    });
  });

  it('open, close and are reset by hand, each in one call, audited and kept', async () => {
    const opened = await rig.call('POST', '/breakers/b/open');
    expect([opened.status, opened.body]).toMatchObject([
      200,
      { state: 'OPEN', held: true, open_until: null, because: expect.stringContaining('operator') },
    ]);
    expect((await rig.call('GET', '/routes/default/explain?user_id=uid_123456')).body).toMatchObject({
      assigned_model_id: 'b',
      serving_model_id: 'a',
      fallback: 'open',
    });
    const store = rig.control.core().store;
    expect((await store.load()).breakers).toMatchObject([
      { modelId: 'b', state: 'OPEN', isHeld: true, epoch: 2 },
    ]);
    expect((await rig.call('POST', '/breakers/b/close')).body).toMatchObject({
      state: 'CLOSED',
      held: false,
    });
    expect((await rig.call('POST', '/breakers/b/reset')).body).toMatchObject({ state: 'CLOSED', trips: 0 });
    const { items } = (await rig.call('GET', '/audit?limit=3')).body;
    expect(
      items.map(({ action, resource, actor }: Record<string, string>) => [action, resource, actor]),
    ).toEqual([
      ['breakers.reset', 'breakers/b', 'admin'],
      ['breakers.close', 'breakers/b', 'admin'],
      ['breakers.open', 'breakers/b', 'admin'],
    ]);
    expect(items[2].after).toMatchObject({ from: 'CLOSED', to: 'OPEN', reason: 'operator_open' });
    expect((await rig.call('POST', '/breakers/nobody/open')).status).toBe(404);
  });

  it('need an operator to be switched', async () => {
    const { key } = (await rig.call('POST', '/keys', { name: 'v', role: 'viewer' })).body;
    const headers = { authorization: `Bearer ${key}` };
    expect((await rig.call('POST', '/breakers/b/open', undefined, headers)).status).toBe(403);
    expect(await breakerOf('b')).toMatchObject({ state: 'CLOSED' });
  });

  it('that change by themselves are kept, with an audit entry that says why', async () => {
    const change: BreakerChange = {
      modelId: 'b',
      epoch: 2,
      incident: 2,
      from: 'CLOSED',
      to: 'OPEN',
      reason: 'error_rate',
      because: '7 of 180 = 3.9 % ≥ 3.0 %',
      atMs: 1,
      openUntilMs: 2,
    };
    await keepBreaker(rig.control.core(), change);
    await keepBreaker(rig.control.core(), { ...change, modelId: 'gone' });
    await keepBreaker(rig.control.core(), { ...change, reason: 'operator_open' });
    const { items } = (await rig.call('GET', '/audit?limit=2')).body;
    expect(items[0]).toMatchObject({
      actor: 'breaker',
      action: 'breakers.changed',
      resource: 'breakers/b',
      after: { from: 'CLOSED', to: 'OPEN', reason: 'error_rate', because: '7 of 180 = 3.9 % ≥ 3.0 %' },
    });
    expect(items[1].action).toBe('routes.create');
  });

  it('are forgotten with their model', async () => {
    await rig.call('POST', '/breakers/c/open');
    await rig.call('DELETE', '/models/c');
    expect((await rig.control.core().store.load()).breakers).toEqual([]);
  });

  it('are handed to the next process', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const first = await openAdminRig({ store: { ...store, close: async () => {} } });
    await addModels(first, 'a');
    await first.call('POST', '/breakers/a/open');
    await first.close();
    const next = await openAdminRig({ store });
    expect(next.savedBreakers).toMatchObject([{ modelId: 'a', state: 'OPEN', isHeld: true }]);
    await next.close();
  });
});

describe('a model', () => {
  it('is disabled and enabled in one call by an operator, audited', async () => {
    const { key } = (await rig.call('POST', '/keys', { name: 'o', role: 'operator' })).body;
    const headers = { authorization: `Bearer ${key}` };
    const off = await rig.call('POST', '/models/b/disable', undefined, headers);
    expect([off.status, off.body.enabled]).toEqual([200, false]);
    expect(rig.published.at(-1)?.models.get('b')?.enabled).toBe(false);
    expect((await rig.call('POST', '/models/b/enable', undefined, headers)).body.enabled).toBe(true);
    const { items } = (await rig.call('GET', '/audit?limit=2')).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'models.enable',
      'models.disable',
    ]);
    const stale = await rig.call('POST', '/models/b/disable', undefined, { ...headers, 'if-match': '"1"' });
    expect(stale.status).toBe(412);
  });

  it('is made by an older Sluice, which knew fewer fields of a breaker', async () => {
    const { version: _v, managed_by: _m, api_key: _k, ...model } = (await rig.call('GET', '/models/c')).body;
    const { open_factor: _f, probes: _p, ...breaker } = model.breaker;
    const store = openConfigStore({ path: ':memory:' });
    await store.commit({
      expectedRevision: 0,
      version: { version: 1, atMs: 1, actor: 'x', action: 'x', resource: 'models/c' },
      puts: [{ kind: 'model', id: 'c', version: 1, document: { ...model, breaker } }],
      audit: {
        atMs: 1,
        actor: 'x',
        actorName: 'x',
        role: 'admin',
        ip: null,
        action: 'x',
        resource: 'models/c',
        before: null,
        after: null,
        requestId: null,
        configVersion: 1,
      },
    });
    const next = await openAdminRig({ store });
    expect((await next.call('GET', '/models/c')).body.breaker).toMatchObject({ open_factor: 1, probes: 5 });
    await next.close();
  });
});
