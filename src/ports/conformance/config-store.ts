import { afterEach, describe, expect, it } from 'vitest';
import type { SavedBreaker } from '../breakers.ts';
import {
  type AuditRecord,
  type Commit,
  type ConfigStore,
  LostLeaseError,
  StaleStateError,
} from '../config-store.ts';

export interface ConfigStoreCase {
  readonly name: string;
  /** A new, empty store that keeps `keptVersions` versions. */
  readonly make: (keptVersions?: number) => ConfigStore;
}

const AUDIT: AuditRecord = {
  atMs: 1_700_000_000_000,
  actor: 'key_1',
  actorName: 'Ann',
  role: 'operator',
  ip: '127.0.0.1',
  action: 'routes.update',
  resource: 'routes/r',
  before: { enabled: true },
  after: { enabled: false },
  requestId: 'req_1',
  configVersion: 1,
};
const KEY = {
  id: 'key_1',
  name: 'Ann',
  role: 'operator',
  mayOverride: false,
  digest: 'ab'.repeat(32),
  createdAtMs: 5,
} as const;

const BREAKER: SavedBreaker = {
  modelId: 'm',
  state: 'OPEN',
  epoch: 8,
  incident: 4,
  isHeld: false,
  openUntilMs: 1_700_000_300_000,
  trips: 3,
  history: [
    {
      modelId: 'm',
      epoch: 8,
      incident: 4,
      from: 'HALF_OPEN',
      to: 'OPEN',
      reason: 'probe_failed',
      because: 'a probe failed: truncated',
      atMs: 1_700_000_000_000,
      openUntilMs: 1_700_000_300_000,
    },
  ],
};

/** A commit of version `number` that writes route `r` with `n` in its document. */
function routeCommit(number: number, more: Partial<Commit> = {}): Commit {
  return {
    expectedRevision: number - 1,
    version: {
      version: number,
      atMs: 1_000 + number,
      actor: 'key_1',
      action: 'routes.update',
      resource: 'routes/r',
    },
    puts: [{ kind: 'route', id: 'r', version: number, document: { id: 'r', n: number } }],
    audit: { ...AUDIT, configVersion: number },
    ...more,
  };
}

/** What every ConfigStore must do. */
export function configStoreConformance({ name, make }: ConfigStoreCase): void {
  describe(`ConfigStore: ${name}`, () => {
    const open: ConfigStore[] = [];
    const fresh = (keptVersions?: number): ConfigStore => {
      const store = make(keptVersions);
      open.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
    });

    it('starts empty', async () => {
      expect(await fresh().load()).toEqual({
        revision: 0,
        version: 0,
        masterKeyId: null,
        resources: [],
        keys: [],
        secrets: [],
        alertChannels: [],
        alertRules: [],
        reviews: [],
        breakers: [],
        rollouts: [],
      });
    });

    it('keeps reviews as they were written last, until they are removed', async () => {
      const store = fresh();
      const review = (id: string, version: number) => ({ id, version, document: { id, items: [version] } });
      await store.commit(routeCommit(1, { reviewPuts: [review('a', 1), review('b', 1)] }));
      await store.commit(routeCommit(2, { reviewPuts: [review('b', 2)], reviewDeletes: ['a'] }));
      expect((await store.load()).reviews).toEqual([review('b', 2)]);
    });

    it('keeps the newest of each breaker, until its model is gone', async () => {
      const store = fresh();
      await store.commit(routeCommit(1, { breakerPuts: [BREAKER, { ...BREAKER, modelId: 'other' }] }));
      const closed = { ...BREAKER, state: 'CLOSED', epoch: 9 } as const;
      await store.commit(routeCommit(2, { breakerPuts: [closed], breakerDeletes: ['other'] }));
      expect((await store.load()).breakers).toEqual([closed]);
    });

    it('gives back what one commit wrote, all of it', async () => {
      const store = fresh();
      const secret = {
        kind: 'model',
        id: 'm',
        field: 'api_key',
        sealed: { keyId: 'k', bytes: new Uint8Array([0, 255, 7]) },
      } as const;
      await store.commit(routeCommit(1, { keyPuts: [KEY], secretPuts: [secret], masterKeyId: 'mk' }));
      const state = await store.load();
      expect(state).toMatchObject({ revision: 1, version: 1, masterKeyId: 'mk', keys: [KEY] });
      expect(state.resources).toEqual([{ kind: 'route', id: 'r', version: 1, document: { id: 'r', n: 1 } }]);
      expect(state.secrets).toHaveLength(1);
      expect(Buffer.from(state.secrets[0]?.sealed.bytes ?? [])).toEqual(Buffer.from([0, 255, 7]));
      expect(await store.audit({ before: null, limit: 10 })).toEqual([{ id: 1, ...AUDIT }]);
    });

    it('keeps the number of a document that a later version does not touch', async () => {
      const store = fresh();
      await store.commit(routeCommit(1));
      await store.commit(
        routeCommit(2, { puts: [{ kind: 'model', id: 'm', version: 2, document: { id: 'm' } }] }),
      );
      const { version, resources } = await store.load();
      expect(version).toBe(2);
      expect(resources.map(({ id, version: last }) => [id, last])).toEqual([
        ['m', 2],
        ['r', 1],
      ]);
    });

    it('refuses a commit from another revision and writes nothing of it', async () => {
      const store = fresh();
      await store.commit(routeCommit(1));
      await expect(store.commit(routeCommit(2, { expectedRevision: 0 }))).rejects.toThrow(StaleStateError);
      await expect(store.commit(routeCommit(2, { expectedRevision: 2 }))).rejects.toThrow(StaleStateError);
      expect(await store.load()).toMatchObject({ revision: 1, version: 1 });
      expect(await store.audit({ before: null, limit: 10 })).toHaveLength(1);
    });

    it('undoes a commit that fails half-way', async () => {
      const store = fresh();
      await store.commit(routeCommit(1, { keyPuts: [KEY] }));
      await expect(store.commit(routeCommit(2, { keyPuts: [KEY] }))).rejects.toThrow(); // the id is taken
      const state = await store.load();
      expect(state).toMatchObject({ revision: 1, version: 1 });
      expect(state.resources[0]?.document).toEqual({ id: 'r', n: 1 });
      await store.commit(routeCommit(2));
      expect((await store.load()).version).toBe(2);
    });

    it('deletes documents, keys and secrets, and remembers the documents of older versions', async () => {
      const store = fresh();
      const place = { kind: 'model', id: 'm', field: 'api_key' } as const;
      await store.commit(
        routeCommit(1, {
          keyPuts: [KEY],
          secretPuts: [{ ...place, sealed: { keyId: 'k', bytes: new Uint8Array(1) } }],
        }),
      );
      const { puts: _, ...rest } = routeCommit(2);
      const deletes = [{ kind: 'route', id: 'r' }] as const;
      await store.commit({ ...rest, deletes, keyDeletes: [KEY.id], secretDeletes: [place] });
      expect(await store.load()).toMatchObject({ version: 2, resources: [], keys: [], secrets: [] });
      expect(await store.resourcesAt(1)).toEqual([
        { kind: 'route', id: 'r', version: 1, document: { id: 'r', n: 1 } },
      ]);
      expect(await store.resourcesAt(2)).toEqual([]);
      expect(await store.resourcesAt(3)).toBeNull();
    });

    it('keeps channels and rules of alerts in no version, the last written', async () => {
      const store = fresh();
      const channel = (version: number) => ({
        id: 'mail',
        version,
        sealed: { keyId: 'k', bytes: new Uint8Array([version]) },
      });
      const rule = (version: number) => ({ id: 'slow', version, document: { id: 'slow', version } });
      const write = (revision: number, more: Partial<Commit>) =>
        store.commit({ expectedRevision: revision, audit: AUDIT, ...more });
      await write(0, { alertChannelPuts: [channel(1)], alertRulePuts: [rule(1)] });
      await write(1, { alertChannelPuts: [channel(2)], alertRulePuts: [rule(2)] });
      const state = await store.load();
      expect(state).toMatchObject({ version: 0, revision: 2, alertRules: [rule(2)] });
      expect(
        state.alertChannels.map(({ sealed, ...rest }) => ({ ...rest, bytes: [...sealed.bytes] })),
      ).toEqual([{ id: 'mail', version: 2, bytes: [2] }]);
      await write(2, { alertChannelDeletes: ['mail'], alertRuleDeletes: ['slow'] });
      expect(await store.load()).toMatchObject({ alertChannels: [], alertRules: [] });
    });

    it('keeps rollouts with their events, under the newest lease alone', async () => {
      const store = fresh();
      const old = await store.takeLease();
      const fence = await store.takeLease();
      expect(fence).toBeGreaterThan(old);
      const rollout = (n: number) => ({ id: 'june', document: { id: 'june' }, state: { version: n } });
      const event = (number: number) => ({ rolloutId: 'june', number, event: { version: number } });
      const write = (revision: number, puts: Commit['rollouts'], more: Partial<Commit> = {}) =>
        store.commit({
          expectedRevision: revision,
          rollouts: puts ?? { fence, puts: [], events: [] },
          ...more,
        });
      await write(0, { fence, puts: [rollout(1)], events: [event(1)] }, { audit: AUDIT });
      await write(1, { fence, puts: [rollout(1)], events: [] });
      await expect(write(2, { fence: old, puts: [rollout(2)], events: [event(2)] })).rejects.toThrow(
        LostLeaseError,
      );
      await expect(write(2, { fence, puts: [rollout(2)], events: [event(1)] })).rejects.toThrow();
      expect(await store.load()).toMatchObject({ revision: 2, version: 0, rollouts: [rollout(1)] });
      await write(2, { fence, puts: [rollout(3)], events: [event(2), event(3)] });
      expect(await store.rolloutEvents('june', { before: null, limit: 2 })).toEqual([event(3), event(2)]);
      expect(await store.rolloutEvents('june', { before: 2, limit: 9 })).toEqual([event(1)]);
      expect(await store.rolloutEvents('none', { before: null, limit: 9 })).toEqual([]);
      expect(await store.audit({ before: null, limit: 9 })).toHaveLength(1);
    });

    it('lists versions and audit entries newest first, page by page', async () => {
      const store = fresh();
      for (let n = 1; n <= 5; n++) await store.commit(routeCommit(n));
      const first = await store.versions({ before: null, limit: 2 });
      expect(first.map(({ version }) => version)).toEqual([5, 4]);
      expect((await store.versions({ before: 4, limit: 9 })).map(({ version }) => version)).toEqual([
        3, 2, 1,
      ]);
      expect((await store.audit({ before: 3, limit: 9 })).map(({ id }) => id)).toEqual([2, 1]);
    });

    it('forgets the oldest versions, keeps every document of the kept ones, and all of the audit', async () => {
      const store = fresh(3);
      await store.commit(
        routeCommit(1, { puts: [{ kind: 'model', id: 'm', version: 1, document: { id: 'm' } }] }),
      );
      for (let n = 2; n <= 6; n++) await store.commit(routeCommit(n));
      const { puts: _, ...rest } = routeCommit(7);
      await store.commit({ ...rest, deletes: [{ kind: 'route', id: 'r' }] });
      for (let n = 8; n <= 10; n++) await store.commit({ ...routeCommit(n), puts: [] });

      expect((await store.versions({ before: null, limit: 99 })).map(({ version }) => version)).toEqual([
        10, 9, 8,
      ]);
      expect(await store.resourcesAt(7)).toBeNull();
      expect(await store.resourcesAt(8)).toEqual([
        { kind: 'model', id: 'm', version: 1, document: { id: 'm' } },
      ]);
      expect(await store.audit({ before: null, limit: 99 })).toHaveLength(10);
    });
  });
}
