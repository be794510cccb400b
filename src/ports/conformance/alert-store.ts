import { afterEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../domain/alert.ts';
import { MAX_NOTICES } from '../../domain/alert-outbox.ts';
import type { AlertRecord, AlertStore } from '../alert-store.ts';

export interface AlertStoreCase {
  readonly name: string;
  /** A new, empty store that keeps `keptAlerts` alerts. */
  readonly make: (keptAlerts?: number) => AlertStore;
}

const MEASURE = { value: 0.039, limit: 0.03, samples: 180, windowMs: 300_000, reason: '7 of 180' };
const ALL = { before: null, limit: 100, isOpen: null, delivery: null };

export const alertOf = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  ruleId: `rule-of-${id}`,
  event: 'error_rate',
  modelId: 'a',
  openedAtMs: 1_000,
  opening: MEASURE,
  resolvedAtMs: null,
  closing: null,
  ...more,
});

/** Alerts that open, each with a message of its own to one channel. */
export function recordOf(ids: readonly string[], more: Partial<AlertRecord> = {}): AlertRecord {
  return {
    opened: ids.map((id) => alertOf(id)),
    resolved: [],
    messages: ids.map((id) => ({
      id: `m-${id}`,
      channelId: 'mail',
      createdAtMs: 1_000,
      dueAtMs: 1_000,
      isDigest: false,
    })),
    notices: ids.map((id) => ({ messageId: `m-${id}`, alertId: id, event: 'error_rate', atMs: 1_000 })),
    ...more,
  };
}

/** What every AlertStore must do. */
export function alertStoreConformance({ name, make }: AlertStoreCase): void {
  describe(`AlertStore: ${name}`, () => {
    const open: AlertStore[] = [];
    const fresh = (keptAlerts?: number): AlertStore => {
      const store = make(keptAlerts);
      open.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
    });

    it('starts empty', async () => {
      const store = fresh();
      expect(await store.openAlerts()).toEqual([]);
      expect(await store.due(9e12, [])).toEqual([]);
      expect(await store.nextDueMs([])).toBeNull();
      expect(await store.list(ALL)).toEqual([]);
    });

    it('gives back what was opened, with the message that tells of it', async () => {
      const store = fresh();
      await store.record(recordOf(['x']));
      expect(await store.openAlerts()).toEqual([alertOf('x')]);
      expect(await store.nextDueMs([])).toBe(1_000);
      expect(await store.due(999, [])).toEqual([]);
      expect(await store.due(1_000, ['mail'])).toEqual([]);
      expect(await store.due(1_000, ['other'])).toEqual([
        {
          id: 'm-x',
          channelId: 'mail',
          isDigest: false,
          attempts: 0,
          omitted: 0,
          notices: [{ event: 'error_rate', atMs: 1_000, alert: alertOf('x') }],
        },
      ]);
    });

    it('writes all of a record or nothing: a rule has one open alert for a model', async () => {
      const store = fresh();
      await store.record(recordOf(['x']));
      const twin = alertOf('twin', { ruleId: 'rule-of-x' });
      await expect(store.record({ ...recordOf(['y']), opened: [alertOf('y'), twin] })).rejects.toThrow();
      await expect(
        store.record(
          recordOf([], {
            opened: [alertOf('g', { modelId: null }), alertOf('g2', { ruleId: 'rule-of-g', modelId: null })],
          }),
        ),
      ).rejects.toThrow();
      expect(await store.openAlerts()).toEqual([alertOf('x')]);
      expect((await store.due(9e12, [])).map(({ id }) => id)).toEqual(['m-x']);
      const resolved = [{ id: 'x', atMs: 2_000, closing: MEASURE }];
      await store.record(recordOf([], { resolved, opened: [twin] }));
      expect((await store.openAlerts()).map(({ id }) => id)).toEqual(['twin']);
      expect((await store.list(ALL))[1]).toMatchObject({ id: 'x', resolvedAtMs: 2_000, closing: MEASURE });
    });

    it('counts attempts, and forgets when a message is due once it is sent or given up', async () => {
      const store = fresh();
      await store.record(recordOf(['x', 'y']));
      await store.settle('m-x', { state: 'waiting', dueAtMs: 5_000, error: 'busy' });
      expect((await store.due(1_000, [])).map(({ id }) => id)).toEqual(['m-y']);
      await store.settle('m-y', { state: 'sent', atMs: 1_500, error: null });
      expect(await store.nextDueMs([])).toBe(5_000);
      expect(await store.due(5_000, [])).toMatchObject([{ id: 'm-x', attempts: 1 }]);
      await store.settle('m-x', { state: 'dead', atMs: 6_000, error: 'gone' });
      expect(await store.nextDueMs([])).toBeNull();
      expect(await store.list(ALL)).toMatchObject([
        {
          id: 'y',
          deliveries: [{ state: 'sent', attempts: 1, dueAtMs: null, settledAtMs: 1_500, error: null }],
        },
        {
          id: 'x',
          deliveries: [{ state: 'dead', attempts: 2, dueAtMs: null, settledAtMs: 6_000, error: 'gone' }],
        },
      ]);
      const idsOf = async (more: object) => (await store.list({ ...ALL, ...more })).map(({ id }) => id);
      expect(await idsOf({ delivery: 'dead' })).toEqual(['x']);
      expect(await idsOf({ delivery: 'waiting' })).toEqual([]);
      expect(await idsOf({ isOpen: true, limit: 1 })).toEqual(['y']);
      expect(await idsOf({ before: 2 })).toEqual(['x']);
      expect(await idsOf({ isOpen: false })).toEqual([]);
    });

    it('gathers notices in a digest, and counts those beyond its room', async () => {
      const store = fresh();
      await store.record(
        recordOf(['x'], {
          messages: [{ id: 'm-x', channelId: 'mail', createdAtMs: 5, dueAtMs: 900, isDigest: true }],
        }),
      );
      expect(await store.messagesOf('mail', 5)).toEqual([
        { id: 'm-x', createdAtMs: 5, dueAtMs: 900, isGathering: true },
      ]);
      const more = Array.from({ length: MAX_NOTICES + 2 }, (_, i) => ({
        messageId: 'm-x',
        alertId: 'x',
        event: 'recovered' as const,
        atMs: i,
      }));
      await store.record(recordOf([], { notices: more }));
      const [digest] = await store.due(900, []);
      expect(digest).toMatchObject({ isDigest: true, omitted: 3 });
      expect(digest?.notices.map(({ atMs }) => atMs).slice(0, 3)).toEqual([1_000, 0, 1]);
      expect(digest?.notices).toHaveLength(MAX_NOTICES);
      await store.settle('m-x', { state: 'waiting', dueAtMs: 950, error: 'x' });
      expect(await store.messagesOf('mail', 9e12)).toMatchObject([{ id: 'm-x', isGathering: false }]);
      expect(await store.messagesOf('other', 0)).toEqual([]);
    });

    it('forgets the oldest alerts that are over, with what was told of them, and no open one', async () => {
      const store = fresh(2);
      await store.record(recordOf(['a', 'b', 'c']));
      const resolved = ['b', 'c'].map((id) => ({ id, atMs: 2_000, closing: MEASURE }));
      await store.record(recordOf(['d'], { resolved }));
      await store.record(recordOf(['e']));
      expect((await store.list(ALL)).map(({ id }) => id)).toEqual(['e', 'd', 'a']);
      const waiting = await store.messagesOf('mail', 0);
      expect(waiting.map(({ id }) => id)).toEqual(['m-a', 'm-d', 'm-e']);
    });
  });
}
