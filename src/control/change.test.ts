import { describe, expect, it } from 'vitest';
import { addModels, openAdminRig, pasted } from '../../test/support/admin-rig.ts';
import { openConfigStore } from '../adapters/sqlite/config-store.ts';
import type { Commit, ConfigStore } from '../ports/config-store.ts';

/** A store whose next commit fails, or waits, when told to. */
function faultyStore() {
  const store = openConfigStore({ path: ':memory:' });
  const plan: { before: ((commit: Commit) => Promise<void>) | null } = { before: null };
  const faulty: ConfigStore = {
    ...store,
    async commit(commit) {
      await plan.before?.(commit);
      await store.commit(commit);
    },
  };
  return { store: faulty, inner: store, plan };
}

describe('the door', () => {
  it('publishes nothing and keeps the old state when the store fails', async () => {
    const { store, plan } = faultyStore();
    const rig = await openAdminRig({ store });
    await addModels(rig, 'a', 'b');
    await rig.call('POST', '/routes', pasted());
    const published = rig.published.length;
    plan.before = () => Promise.reject(new Error('disk full'));
    const { status } = await rig.call('POST', '/routes/default/disable');
    expect(status).toBe(500);
    expect(rig.published).toHaveLength(published);
    expect((await rig.call('GET', '/routes/default')).body).toMatchObject({ enabled: true, version: 3 });
    plan.before = null;
    const { body } = await rig.call('POST', '/routes/default/disable');
    expect(body).toMatchObject({ enabled: false, config_version: 4 });
    await rig.close();
  });

  it('publishes before it answers and after the store has the change, one change after the other', async () => {
    const { store, inner, plan } = faultyStore();
    const order: string[] = [];
    const rig = await openAdminRig({
      store,
      publish: (snapshot) => {
        order.push(`published ${snapshot.version}`);
      },
    });
    plan.before = async ({ version }) => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`committing ${version?.version}`);
    };
    order.length = 0;
    const answers = ['a', 'b'].map(async (id) => {
      await addModels(rig, id);
      order.push(`answered ${id} at ${(await inner.load()).version}`);
    });
    await Promise.all(answers);
    expect(order.filter((line) => !line.startsWith('answered'))).toEqual([
      'committing 1',
      'published 1',
      'committing 2',
      'published 2',
    ]);
    expect(order.findIndex((line) => line.startsWith('answered a'))).toBeGreaterThan(
      order.indexOf('published 1'),
    );
    expect(order.at(-1)).toBe('answered b at 2');
    await rig.close();
  });

  it('refuses, instead of queueing without end', async () => {
    const { store, plan } = faultyStore();
    const rig = await openAdminRig({ store });
    await addModels(rig, 'a');
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    plan.before = () => gate;
    const busy: unknown[] = [];
    const answers = Array.from({ length: 300 }, async (_, i) => {
      const answer = await rig.call('PATCH', '/models/a', { name: `n${i}` });
      if (answer.status === 503 && busy.push(answer) === 300 - 256) open();
      return answer.status;
    });
    const statuses = await Promise.all(answers);
    expect(busy[0]).toMatchObject({ body: { type: 'urn:sluice:busy' }, headers: { 'retry-after': '1' } });
    expect(statuses.filter((status) => status === 200)).toHaveLength(256);
    expect((await rig.call('GET', '/config')).body.config_version).toBe(257);
    await rig.close();
  });

  it('says so when another process has written to the store', async () => {
    const { store, inner } = faultyStore();
    const rig = await openAdminRig({ store });
    const { revision } = await inner.load();
    const who = {
      actor: 'x',
      actorName: 'x',
      role: 'x',
      ip: null,
      action: 'x',
      resource: 'x',
      requestId: null,
    };
    const audit = { ...who, atMs: 1, before: null, after: null, configVersion: 0 };
    await inner.commit({ expectedRevision: revision, audit });
    const { status, body } = await rig.call('PATCH', '/settings', { auth: { anonymous_chat: true } });
    expect([status, body.detail]).toEqual([
      503,
      'another process has written to this data folder; restart this one',
    ]);
    await rig.close();
  });

  it('keeps the last 1,000 versions through thousands of flips', async () => {
    const rig = await openAdminRig();
    await addModels(rig, 'a', 'b');
    await rig.call('POST', '/routes', pasted());
    for (let i = 0; i < 2_000; i++) {
      const { status } = await rig.call('POST', `/routes/default/${i % 2 === 0 ? 'disable' : 'enable'}`);
      expect(status).toBe(200);
    }
    expect(rig.published.at(-1)?.version).toBe(2_003);
    const { store } = rig.control.core();
    const versions = await store.versions({ before: null, limit: 5_000 });
    expect([versions.length, versions.at(-1)?.version]).toEqual([1_000, 1_004]);
    expect(await store.resourcesAt(1_004)).toHaveLength(3);
    expect(await store.audit({ before: null, limit: 5_000 })).toHaveLength(2_004);
    await rig.close();
  });
});
