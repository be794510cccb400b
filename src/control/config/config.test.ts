import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type AdminRig,
  addModels,
  modelInput,
  openAdminRig,
  pasted,
} from '../../../test/support/admin-rig.ts';
import { openConfigStore } from '../../adapters/sqlite/config-store.ts';

const open: AdminRig[] = [];
const openRig = async (...args: Parameters<typeof openAdminRig>): Promise<AdminRig> => {
  const rig = await openAdminRig(...args);
  open.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

async function demo(): Promise<AdminRig> {
  const rig = await openRig();
  await rig.call('POST', '/models', { ...modelInput('a'), api_key: 'sk-a-long-upstream-key-1234' });
  await addModels(rig, 'b');
  await rig.call('POST', '/routes', pasted());
  return rig;
}

describe('the whole configuration', () => {
  it('can be read and put back: that changes nothing', async () => {
    const rig = await demo();
    const { body: config, headers } = await rig.call('GET', '/config');
    expect(headers.etag).toBe('"3"');
    const put = await rig.call('PUT', '/config', config);
    expect(put.body).toEqual({ dry_run: false, differences: [], config_version: 3 });
    expect(rig.published.at(-1)?.models.get('a')?.apiKey).toBe('sk-a-long-upstream-key-1234');
  });

  it('is replaced all or nothing: what is not there goes, or takes its default', async () => {
    const rig = await demo();
    await rig.call('PATCH', '/settings', { sessions: { idle: '1h' } });
    const next = {
      models: [modelInput('b')],
      routes: [{ id: 'r', rules: [{ model_id: 'b', weight: 100 }] }],
    };
    const { body } = await rig.call('PUT', '/config', next);
    const summary = body.differences.map(
      (one: { action: string; resource: string }) => `${one.action} ${one.resource}`,
    );
    expect(summary).toEqual([
      'delete models/a',
      'create routes/r',
      'delete routes/default',
      'update settings',
    ]);
    expect(body.differences[3]).toMatchObject({
      before: { sessions: { idle: '1h' } },
      after: { sessions: { idle: '15m' } },
    });
    const snapshot = rig.published.at(-1);
    expect([...(snapshot?.models.keys() ?? [])]).toEqual(['b']);
    expect(snapshot?.defaultRoute?.route.id).toBe('r');
    expect(snapshot?.version).toBe(5);
  });

  it('tells the differences of a dry run and changes nothing', async () => {
    const rig = await demo();
    const before = await rig.call('GET', '/config');
    const { body } = await rig.call('PUT', '/config?dry_run=true', { models: [], routes: [] });
    expect(body).toMatchObject({ dry_run: true, config_version: 3 });
    expect(body.differences).toHaveLength(3);
    expect((await rig.call('GET', '/config')).body).toEqual(before.body);
    const faulty = await rig.call('PUT', '/config?dry_run=true', { models: [], routes: [pasted()] });
    expect(faulty.status).toBe(400);
  });

  it('names faults by their place in what was sent', async () => {
    const rig = await demo();
    const models = [modelInput('b'), { ...modelInput('a'), breaker: { fallback_model_id: 'z' } }];
    const routes = [
      { id: 'r', ...pasted() },
      { id: 's', ...pasted('a', 'nope') },
    ];
    const { status, body } = await rig.call('PUT', '/config', { models, routes });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([
      'models[1].breaker.fallback_model_id',
      'routes[1].rules[1].model_id',
    ]);
    const doubled = await rig.call('PUT', '/config', {
      models: [modelInput('a'), modelInput('a')],
      routes: [],
    });
    expect([doubled.status, doubled.body.errors[0].path]).toEqual([409, 'models[1].id']);
  });

  it('is not replaced from a stale reading', async () => {
    const rig = await demo();
    const { body: config } = await rig.call('GET', '/config');
    await rig.call('POST', '/routes/default/disable');
    expect((await rig.call('PUT', '/config', config)).status).toBe(412);
    const { config_version: _, ...withoutVersion } = config;
    expect((await rig.call('PUT', '/config', withoutVersion, { 'if-match': '"3"' })).status).toBe(412);
    expect((await rig.call('PUT', '/config', withoutVersion, { 'if-match': '"4"' })).status).toBe(200);
  });

  it('goes back to a version; secrets stay as they are', async () => {
    const rig = await demo();
    await rig.call('PATCH', '/models/a', { api_key: 'sk-a-newer-upstream-key-5678', timeout: '9s' });
    await rig.call('DELETE', '/routes/default');
    const { body } = await rig.call('POST', '/config/rollback', { version: 3 });
    expect(body).toMatchObject({ config_version: 6, dry_run: false });
    expect(rig.published.at(-1)?.models.get('a')).toMatchObject({
      timeoutMs: 120_000,
      apiKey: 'sk-a-newer-upstream-key-5678',
    });
    expect((await rig.call('GET', '/routes/default')).status).toBe(200);
    expect((await rig.call('POST', '/config/rollback', { version: 1_000 })).status).toBe(400);
  });

  it('says that a model that comes back has no key any more', async () => {
    const rig = await demo();
    await rig.call('DELETE', '/routes/default');
    await rig.call('DELETE', '/models/a');
    const { body } = await rig.call('POST', '/config/rollback', { version: 3 });
    expect(body.notes).toEqual(['model "a" is back without an api_key; set it again if it needs one']);
  });

  it('lists its versions, newest first', async () => {
    const rig = await demo();
    const { body } = await rig.call('GET', '/config/versions?limit=2');
    expect(body.items).toMatchObject([
      { config_version: 3, action: 'routes.create', resource: 'routes/default', actor: 'admin' },
      { config_version: 2, action: 'models.create', resource: 'models/b' },
    ]);
    const next = await rig.call('GET', `/config/versions?limit=2&cursor=${body.next_cursor}`);
    expect(next.body).toMatchObject({ items: [{ config_version: 1 }], next_cursor: null });
  });

  it('numbers every change, publishes it, and can go back to any of them', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('weights' as const), weight: fc.integer({ min: 0, max: 100 }) }),
      fc.constant({ do: 'toggle' as const }),
      fc.record({ do: fc.constant('timeout' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('back' as const), to: fc.integer({ min: 3, max: 12 }) }),
      fc.constant({ do: 'faulty' as const }),
    );
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const rig = await demo();
      const history = new Map<number, unknown>();
      const remember = async (): Promise<number> => {
        const { config_version: version, ...config } = (await rig.call('GET', '/config')).body;
        if (history.has(version)) expect(history.get(version)).toEqual(config);
        history.set(version, config);
        expect(rig.published.at(-1)?.version).toBe(version);
        return version;
      };
      let version = await remember();
      for (const one of steps) {
        if (one.do === 'weights') {
          const rules = [
            { model_id: 'a', weight: one.weight },
            { model_id: 'b', weight: 100 - one.weight },
          ];
          await rig.call('PATCH', '/routes/default', { rules });
        } else if (one.do === 'toggle') {
          const { enabled } = (await rig.call('GET', '/routes/default')).body;
          await rig.call('POST', `/routes/default/${enabled ? 'disable' : 'enable'}`);
        } else if (one.do === 'timeout') {
          await rig.call('PATCH', '/models/a', { timeout: `${one.seconds}s` });
        } else if (one.do === 'faulty') {
          const { status } = await rig.call('PATCH', '/routes/default', {
            rules: [{ model_id: 'a', weight: 99 }],
          });
          expect(status).toBe(400);
        } else if (history.has(one.to)) {
          const { status } = await rig.call('POST', '/config/rollback', { version: one.to });
          expect(status).toBe(200);
          const { config_version: _, ...config } = (await rig.call('GET', '/config')).body;
          expect(config).toEqual(history.get(one.to));
        }
        const now = await remember();
        expect(now - version === 0 || now - version === 1).toBe(true);
        version = now;
      }
      await open.pop()?.close();
    });
    await fc.assert(property, { numRuns: 25 });
  });
});

describe('a declarative file', () => {
  const ownedConfig = {
    models: [{ ...modelInput('a'), api_key: 'sk-from-the-file-0000000' }, modelInput('b')],
    routes: [pasted()],
    settings: { sessions: { idle: '5m' } },
  };

  it('is in force from the start, shown as owner, and read-only elsewhere', async () => {
    const rig = await openRig({ ownedConfig, ownedConfigName: 'sluice.json' });
    expect(rig.published.at(-1)?.defaultRoute?.route.id).toBe('default');
    expect(rig.published.at(-1)?.models.get('a')?.apiKey).toBe('sk-from-the-file-0000000');
    for (const path of ['/models/a', '/routes/default', '/settings']) {
      expect((await rig.call('GET', path)).body.managed_by, path).toBe('file');
    }
    const refused = [
      await rig.call('PATCH', '/models/a', { timeout: '1s' }),
      await rig.call('PATCH', '/routes/default', { enabled: false, name: 'mine' }),
      await rig.call('DELETE', '/routes/default'),
      await rig.call('PATCH', '/settings', { sessions: { idle: '6m' } }),
      await rig.call('PUT', '/config', { models: [], routes: [] }),
      await rig.call('POST', '/routes', { id: 'mine', default: true, ...pasted() }),
    ];
    expect(refused.map(({ status, body }) => [status, body.type])).toEqual(
      refused.map(() => [409, 'urn:sluice:owned_by_file']),
    );
    expect(refused[0]?.body.detail).toBe(
      'models/a is owned by sluice.json; change it there and restart Sluice',
    );
    const mine = await rig.call('POST', '/routes', { id: 'mine', ...pasted() });
    expect([mine.status, mine.body.managed_by]).toEqual([201, null]);
    expect((await rig.call('GET', '/intents')).body.managed_by).toBeNull();
  });

  it('lets what it owns be switched off, and leaves it off at the next start unless it says otherwise', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const kept = { ...store, close: async () => {} };
    const first = await openAdminRig({ store: kept, ownedConfig });
    expect((await first.call('POST', '/routes/default/disable')).status).toBe(200);
    expect((await first.call('PATCH', '/models/b', { enabled: false })).status).toBe(200);
    expect(first.published.at(-1)?.defaultRoute?.route.enabled).toBe(false);
    await first.close();

    const second = await openAdminRig({ store: kept, ownedConfig });
    expect(second.published.at(-1)?.defaultRoute?.route.enabled).toBe(false);
    expect(second.published.at(-1)?.models.get('b')?.enabled).toBe(false);
    await second.close();

    const routes = [{ ...pasted(), enabled: true }];
    const third = await openRig({ store, ownedConfig: { ...ownedConfig, routes } });
    expect(third.published.at(-1)?.defaultRoute?.route.enabled).toBe(true);
    expect(third.published.at(-1)?.models.get('b')?.enabled).toBe(false);
  });

  it('that says nothing new leaves no trace; one that says less leaves what it owned behind', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const kept = { ...store, close: async () => {} };
    await (await openAdminRig({ store: kept, ownedConfig })).close();
    const { revision } = await store.load();
    await (await openAdminRig({ store: kept, ownedConfig })).close();
    expect((await store.load()).revision).toBe(revision);

    const rig = await openRig({ store, ownedConfig: { models: ownedConfig.models } });
    expect((await rig.call('POST', '/routes/default/disable')).body).toMatchObject({
      enabled: false,
      managed_by: null,
    });
  });

  it('takes the default mark from a route that was made by hand', async () => {
    const store = openConfigStore({ path: ':memory:' });
    const first = await openAdminRig({ store: { ...store, close: async () => {} } });
    await addModels(first, 'c');
    await first.call('POST', '/routes', { id: 'mine', rules: [{ model_id: 'c', weight: 100 }] });
    await first.close();
    const routes = [{ ...pasted(), default: true }];
    const rig = await openRig({ store, ownedConfig: { ...ownedConfig, routes } });
    expect(rig.published.at(-1)?.defaultRoute?.route.id).toBe('default');
    expect((await rig.call('GET', '/routes/mine')).body.default).toBe(false);
  });

  it.each([
    [
      { models: [{ ...modelInput('a'), timout: '1s' }] },
      'models[0].timout is not a known field; did you mean "timeout"?',
    ],
    [{ routes: [pasted()] }, 'routes[0].rules[0].model_id: there is no model "a"'],
    [[], 'must be an object'],
  ])('that is not valid stops the start with its fault: %j', async (content, words) => {
    await expect(openAdminRig({ ownedConfig: content, ownedConfigName: 'sluice.json' })).rejects.toThrow(
      words,
    );
  });
});
