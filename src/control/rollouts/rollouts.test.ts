import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addModels } from '../../../test/support/admin-rig.ts';
import { gate, openRolloutRig, PLAN, type RolloutRig, stage } from '../../../test/support/rollout-rig.ts';
import { openConfigStore } from '../../adapters/sqlite/config-store.ts';
import { cellOfCounts } from '../../domain/rollout/gate-evidence.ts';

const HOUR_MS = 3_600_000;

let rig: RolloutRig;
beforeEach(async () => {
  rig = await openRolloutRig(PLAN);
});
afterEach(async () => {
  expect([rig.internalErrors, rig.troubles]).toEqual([[], []]);
  await rig.close();
});
const eventTypes = async () =>
  (await rig.call('GET', '/rollouts/june/events')).body.items.map((event: { type: string }) => event.type);

describe('a rollout', () => {
  it('is a draft until it is started, and changes nothing before', async () => {
    expect(await rig.rollout()).toMatchObject({
      id: 'june',
      status: 'draft',
      version: 0,
      weight: 0,
      stable_model_id: 'a',
      not_advancing_because: null,
      blocks: [],
    });
    expect(rig.published.at(-1)?.routes[0]?.rollout).toBeNull();
    expect((await rig.call('DELETE', '/models/b')).body.detail).toContain('rollouts/june');
  });

  it('gives the candidate the last positions of its route, in force with the answer', async () => {
    const before = (await rig.call('GET', '/config')).body.config_version;
    const started = await rig.command('start', { reason: 'June release' });
    expect([started.status, started.body]).toMatchObject([
      200,
      { status: 'active', stage: 0, weight: 1, version: 1, config_version: before + 1 },
    ]);
    expect(started.headers.etag).toBe('"1"');
    expect(rig.published.at(-1)?.routes[0]?.rollout).toMatchObject({
      id: 'june',
      stage: 0,
      exposed: { from: 9_900, below: 10_000 },
      control: { from: 4_900, below: 5_000 },
    });
    expect((await rig.call('GET', '/routes/support')).body).toMatchObject({
      rollout_id: 'june',
      rules: [{ model_id: 'a', weight: 100 }],
      effective_rules: [
        { model_id: 'a', weight: 99 },
        { model_id: 'b', weight: 1 },
      ],
    });
  });

  it('grows stage by stage, asks for an approval, and ends with the candidate as stable', async () => {
    await rig.command('start');
    await rig.pass(HOUR_MS);
    expect(await rig.rollout()).toMatchObject({ stage: 0, hold_left: '10s' });
    await rig.pass(20_000);
    expect(await rig.rollout()).toMatchObject({ stage: 1, weight: 20 });
    await rig.pass(2 * HOUR_MS);
    expect(await rig.rollout()).toMatchObject({
      blocks: [{ block: 'awaiting_approval' }],
      not_advancing_because: expect.stringContaining('approval'),
      gates: [{ metric: 'error_rate', verdict: 'pass', samples: 4_000, needed: 100 }],
    });
    await rig.command('approve', { reason: 'looks fine' });
    await rig.pass(2 * HOUR_MS);
    expect(await rig.rollout()).toMatchObject({ status: 'completed', weight: 100 });
    expect((await rig.call('GET', '/routes/support')).body).toMatchObject({
      stable_model_id: 'b',
      rules: [{ model_id: 'b', weight: 100 }],
    });
    expect(rig.published.at(-1)?.routes[0]).toMatchObject({ stable: { id: 'b' }, rollout: null });
    expect(await eventTypes()).toEqual([
      'completed',
      'stage_entered',
      'approved',
      'held',
      'stage_entered',
      'started',
    ]);
  });

  it('tells every change with its actor, its reason and the gates as they stood', async () => {
    await rig.command('start', { reason: 'June release', command_id: 'one' });
    await rig.pass(HOUR_MS + 20_000);
    const { body } = await rig.call('GET', '/rollouts/june/events?limit=1');
    expect(body.items).toMatchObject([
      {
        version: 2,
        actor: 'sluice',
        type: 'stage_entered',
        from: { stage: 0, weight: 1 },
        to: { stage: 1, weight: 20, status: 'active' },
        said: { code: 'stage_passed', zh: expect.any(String) },
        gates: [{ verdict: 'pass' }],
      },
    ]);
    const rest = await rig.call('GET', `/rollouts/june/events?limit=1&cursor=${body.next_cursor}`);
    expect(rest.body).toMatchObject({
      items: [{ version: 1, type: 'started', actor: expect.any(String), command_id: 'one' }],
      next_cursor: null,
    });
    const { items } = (await rig.call('GET', '/audit?limit=2')).body;
    expect(items).toMatchObject([
      { actor: 'sluice', action: 'rollouts.changed', after: { type: 'stage_entered', weight: 20 } },
      { action: 'rollouts.start', resource: 'rollouts/june', after: { because: expect.any(String) } },
    ]);
  });

  it('takes a command once, and only from who saw stage and version', async () => {
    await rig.command('start', { command_id: 'one' });
    const again = { stage: 0, expected_version: 0, command_id: 'one' };
    expect((await rig.call('POST', '/rollouts/june/start', again)).body).toMatchObject({ version: 1 });
    expect((await rig.call('GET', '/audit?limit=2')).body.items).toMatchObject([
      { action: 'rollouts.start' },
      { action: 'rollouts.create' },
    ]);
    const promote = (body: object) => rig.call('POST', '/rollouts/june/promote', body);
    expect(await promote({ stage: 0, expected_version: 0 })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('version 1') },
    });
    expect((await promote({ stage: 1, expected_version: 1 })).status).toBe(409);
    const headers = { 'if-match': '"7"' };
    const unseen = await rig.call('POST', '/rollouts/june/abort', {}, headers);
    expect(unseen.status).toBe(412);
    expect(await promote({ stage: 0, expected_version: 1 })).toMatchObject({
      status: 200,
      body: { stage: 1 },
    });
  });

  it('is aborted from any page, at once, and begun again with the same users', async () => {
    await rig.command('start');
    const aborted = await rig.call('POST', '/rollouts/june/abort', { reason: 'no' });
    expect(aborted.body).toMatchObject({ status: 'aborted', weight: 0, ended: { stage: 0 } });
    expect(rig.published.at(-1)?.routes[0]?.rollout).toBeNull();
    expect(await rig.command('retry', { stage: 0 })).toMatchObject({ body: { attempt: 2, weight: 1 } });
  });

  it('is aborted by a gate that is surely beyond its limit', async () => {
    await rig.call('POST', '/rollouts', {
      id: 'strict',
      route_id: 'support',
      candidate_model_id: 'c',
      stages: [stage(5, { gates: [{ ...gate, hard_limit: 0.1 }] }), stage(100)],
    });
    await rig.call('POST', '/rollouts/strict/start', { stage: 0, expected_version: 0 });
    rig.reading = ({ epoch }) => ({
      status: 'ok',
      epoch,
      requests: 40,
      users: null,
      gates: [
        {
          kind: 'ratio',
          candidate: cellOfCounts(8, 40),
          control: null,
          beyondHardLimit: null,
          shownMs: null,
          errors: null,
        },
      ],
    });
    await rig.pass(10_000);
    expect((await rig.call('GET', '/rollouts/strict')).body).toMatchObject({
      status: 'aborted',
      ended: { said: { code: 'gate_failed', en: expect.stringContaining('hard limit') } },
    });
  });

  it('holds while nothing can be counted, and goes on by itself', async () => {
    await rig.command('start');
    rig.reading = () => ({ status: 'failed', detail: 'the index is being made' });
    await rig.pass(60_000);
    expect(await rig.rollout()).toMatchObject({
      blocks: [{ block: 'metrics_error' }],
      not_advancing_because: expect.stringContaining('the index is being made'),
    });
    rig.reading = ({ epoch }) => ({ status: 'ok', epoch, requests: 0, users: null, gates: [null] });
    await rig.pass(20_000);
    expect((await rig.rollout()).blocks).toEqual([]);
  });

  it('needs a role for what it does', async () => {
    const { key } = (await rig.call('POST', '/keys', { name: 'o', role: 'operator' })).body;
    const headers = { authorization: `Bearer ${key}` };
    await rig.command('start');
    const forced = { stage: 0, expected_version: 1, force: true };
    expect((await rig.call('POST', '/rollouts/june/promote', forced, headers)).status).toBe(403);
    const { key: viewer } = (await rig.call('POST', '/keys', { name: 'v', role: 'viewer' })).body;
    const seen = { authorization: `Bearer ${viewer}` };
    expect((await rig.call('POST', '/rollouts/june/abort', {}, seen)).status).toBe(403);
    expect((await rig.call('GET', '/rollouts', undefined, seen)).body.items).toHaveLength(1);
  });
});

describe('after a restart', () => {
  it('the same stage goes on, and the time between earns nothing', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const kept = { ...store, close: async () => {} };
    const first = await openRolloutRig(PLAN, { store: kept });
    await first.command('start');
    await first.pass(HOUR_MS / 2);
    const before = await first.rollout();
    await first.close();
    const next = await openRolloutRig(PLAN, { store: kept });
    expect(await next.rollout()).toEqual({ ...before, gates: [] });
    await next.pass(10 * 60_000);
    expect(await next.rollout()).toMatchObject({ stage: 0 });
    await next.close();
  });

  it('a process that was taken for dead can change nothing', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const kept = { ...store, close: async () => {} };
    const old = await openRolloutRig(PLAN, { store: kept });
    const next = await openRolloutRig(PLAN, { store: kept });
    expect((await old.command('start')).status).toBe(503);
    expect((await next.command('start')).status).toBe(200);
    await old.close();
    await next.close();
  });

  it('knows no rollout that was never made', async () => {
    await addModels(rig, 'd');
    expect((await rig.call('GET', '/rollouts/none')).status).toBe(404);
    expect((await rig.call('GET', '/rollouts/none/events')).status).toBe(404);
    expect((await rig.call('POST', '/rollouts/none/abort', {})).status).toBe(404);
  });
});
