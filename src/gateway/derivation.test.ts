import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config-fixture.ts';
import type { DerivedRecord } from '../contract/event.ts';
import { compileSnapshot } from '../domain/snapshot.ts';
import { createDerivation } from './derivation.ts';
import type { Told } from './derive.ts';

const SNAPSHOT = compileSnapshot(1, {
  ...configOf([], []),
  intents: [{ name: 'any', phrases: ['hi'], rule: null }],
});

function toldOf(requestId: string, more: Partial<Told> = {}): Told {
  return {
    requestId,
    timeMs: 0,
    instance: requestId,
    words: { last: () => 'hi', previous: () => null },
    isLaterRound: false,
    firstAnswer: null,
    snapshot: SNAPSHOT,
    ...more,
  };
}

/** A queue whose turns come when the test says so; each look at the clock is a millisecond later. */
function startQueue(maxWaiting?: number) {
  const records: DerivedRecord[] = [];
  const faults: string[] = [];
  const turns: (() => void)[] = [];
  let nowMs = 0;
  const queue = createDerivation({
    keep: ({ record }) => records.push(record),
    onFault: (_error, { requestId }) => faults.push(requestId),
    monotonicMs: () => {
      nowMs += 1;
      return nowMs;
    },
    defer: (work) => turns.push(work),
    ...(maxWaiting !== undefined && { maxWaiting }),
  });
  return { queue, records, faults, turns, ids: () => records.map(({ request_id }) => request_id) };
}

describe('the queue of requests that wait for their facts', () => {
  it('does nothing until its turn, one step of one request a turn, and then sleeps', () => {
    const { queue, turns, ids } = startQueue();
    queue.add(toldOf('a'));
    queue.add(toldOf('b'));
    expect([ids(), turns.length, queue.waiting]).toEqual([[], 1, 2]);
    let taken = 0;
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      turn();
      taken += 1;
    }
    expect([ids(), queue.waiting, queue.dropped]).toEqual([['a', 'b'], 0, 0]);
    expect(taken).toBeGreaterThan(3);
    queue.add(toldOf('c'));
    expect(turns).toHaveLength(1);
  });

  it('goes on behind a request whose texts cannot be read', () => {
    const { queue, faults, turns, ids } = startQueue();
    const broken = (): never => {
      throw new Error('broken');
    };
    queue.add(toldOf('a', { words: { last: broken, previous: broken } }));
    queue.add(toldOf('b'));
    while (turns.length > 0) turns.shift()?.();
    expect([faults, ids(), queue.dropped]).toEqual([['a'], ['b'], 1]);
  });

  it('holds answers up to a limit of characters', () => {
    const { queue } = startQueue();
    const firstAnswer = 'x'.repeat(6 * 1024 * 1024);
    for (const id of ['a', 'b', 'c']) queue.add(toldOf(id, { firstAnswer }));
    expect([queue.waiting, queue.dropped]).toEqual([2, 1]);
    queue.add(toldOf('d'));
    expect(queue.waiting).toBe(3);
  });

  it('takes each request once, in order, or counts it, whatever comes when', () => {
    const action = fc.constantFrom('add', 'add', 'turn', 'turn', 'turn');
    const property = fc.property(
      fc.array(action, { maxLength: 200 }),
      fc.integer({ min: 1, max: 5 }),
      (actions, max) => {
        const { queue, turns, ids } = startQueue(max);
        const taken: string[] = [];
        for (const [i, what] of actions.entries()) {
          const { dropped } = queue;
          if (what === 'turn') turns.shift()?.();
          else queue.add(toldOf(String(i)));
          if (what === 'add' && queue.dropped === dropped) taken.push(String(i));
          expect(queue.waiting).toBeLessThanOrEqual(max);
          expect(turns.length).toBeLessThanOrEqual(1);
        }
        queue.finish();
        expect(ids()).toEqual(taken);
        expect([queue.waiting, taken.length + queue.dropped]).toEqual([
          0,
          actions.filter((what) => what === 'add').length,
        ]);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('counts what it has no time for at the end', () => {
    const { queue, ids } = startQueue();
    for (let i = 0; i < 1_000; i += 1) queue.add(toldOf(String(i)));
    queue.finish();
    expect(queue.waiting).toBe(0);
    expect(ids().length).toBeGreaterThan(0);
    expect(ids().length + queue.dropped).toBe(1_000);
  });
});
