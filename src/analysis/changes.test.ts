import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type AdminRig, openAdminRig } from '../../test/support/admin-rig.ts';
import { NO_EXPERIMENTS } from '../../test/support/experiment-reports.ts';
import { type FakeEventStore, fakeEventStore } from '../../test/support/fake-event-store.ts';
import { createAnalysis } from './analysis.ts';

const clock = { nowMs: () => Date.UTC(2025, 5, 2), monotonicMs: () => 0 };
const NOTHING = {
  requests: 0,
  texts: 0,
  feedback: 0,
  session_ends: 0,
  review_items: 0,
  first_seen: false,
  index: 'kept',
} as const;
let erased: string[] = [];
const userData = {
  async erase(userId: string) {
    erased.push(userId);
    return NOTHING;
  },
};
let store: FakeEventStore;
let rig: AdminRig;
async function open(options: Parameters<typeof fakeEventStore>[0] = {}): Promise<void> {
  store = fakeEventStore(options);
  rig = await openAdminRig(
    {},
    createAnalysis({
      store,
      userData,
      clock,
      idleMs: () => 900_000,
      modelWarnings: () => [],
      models: () => new Map(),
      experiments: NO_EXPERIMENTS,
    }),
  );
}
beforeEach(() => open());
afterEach(() => rig.close());

const get = async (path: string) => (await rig.call('GET', path)).body;
const keyOf = async (role: string) => (await rig.call('POST', '/keys', { name: role, role })).body.key;

describe('the index', () => {
  it('tells that it cannot answer, instead of failing', async () => {
    await rig.close();
    await open({ unavailable: true });
    expect(await get('/index')).toEqual({
      state: 'unavailable',
      requests: null,
      lag_bytes: null,
      progress: null,
    });
  });

  it('is made again by an operator, who stands in the audit; once at a time', async () => {
    const rebuild = async () => (await rig.call('POST', '/index/rebuild')).body.state;
    expect(await rebuild()).toBe('rebuilding');
    expect([await rebuild(), store.rebuilds()]).toEqual(['rebuilding', 1]);
    const [entry] = (await get('/audit')).items;
    expect(entry).toMatchObject({ action: 'index.rebuild', resource: 'index/rebuild', after: {} });
    const refused = await rig.app.inject({
      method: 'POST',
      url: '/admin/v1/index/rebuild',
      headers: { authorization: `Bearer ${await keyOf('analyst')}` },
    });
    expect(refused.statusCode).toBe(403);
  });
});

describe('a user', () => {
  const erase = (id: string, key = ADMIN_KEY) =>
    rig.app.inject({
      method: 'DELETE',
      url: `/admin/v1/users/${encodeURIComponent(id)}/data`,
      headers: { authorization: `Bearer ${key}` },
    });
  beforeEach(() => {
    erased = [];
  });

  it('is erased under the id as it was sent, which the audit does not tell', async () => {
    const id = 'a/ß 张三?#%2F'.padEnd(30, 'é');
    const answer = await erase(id);
    expect([answer.statusCode, answer.json(), erased]).toEqual([200, NOTHING, [id]]);
    await erase(id);
    await erase('another');
    const [other, again, first] = (await get('/audit')).items;
    expect(first).toMatchObject({ action: 'users.erase', resource: 'users/{id}/data' });
    expect(JSON.stringify(first)).not.toContain('张三');
    expect(first.after.id_digest).toMatch(/^[0-9a-f]{32}$/);
    expect([again.after, other.after.id_digest === first.after.id_digest]).toEqual([first.after, false]);
  });

  it('is erased by an admin alone, and under an id that can be one', async () => {
    expect((await erase('alice', await keyOf('operator'))).statusCode).toBe(403);
    expect((await erase('x'.repeat(513))).statusCode).toBe(400);
    expect(erased).toEqual([]);
  });
});
