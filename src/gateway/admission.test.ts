import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdmission, type Waiter } from './admission.ts';

const waiter = (log: string[], name: string): Waiter => ({ onPermit: () => void log.push(name) });

describe('admission', () => {
  it('admits up to the limit, queues first come first served, then refuses', () => {
    const log: string[] = [];
    const limits = { maxConcurrent: 1, maxQueue: 2 };
    const admission = createAdmission(() => limits);
    const results = ['a', 'b', 'c', 'd'].map((name) => admission.acquire('m', limits, waiter(log, name)));
    expect(results).toEqual(['now', 'queued', 'queued', 'full']);
    admission.release('m');
    admission.release('m');
    expect(log).toEqual(['b', 'c']);
    expect(admission.acquire('other', limits, waiter(log, 'e'))).toBe('now');
  });

  it('acts on changed limits at once, and serves the waiting of a model that is gone', () => {
    const log: string[] = [];
    const old = { maxConcurrent: 1, maxQueue: 5 };
    const raised = { maxConcurrent: 3, maxQueue: 5 };
    let current: typeof old | undefined = raised;
    const admission = createAdmission(() => current);
    for (const name of ['a', 'b', 'c', 'd']) admission.acquire('m', old, waiter(log, name));
    expect(admission.acquire('m', raised, waiter(log, 'e'))).toBe('queued');
    expect(log).toEqual(['b', 'c']);
    current = undefined;
    admission.release('m');
    admission.release('m');
    expect(log).toEqual(['b', 'c', 'd', 'e']);
  });

  it('notices a permit that is given back twice', () => {
    const admission = createAdmission(() => undefined);
    admission.acquire('m', { maxConcurrent: 1, maxQueue: 0 }, waiter([], 'a'));
    admission.release('m');
    expect(() => admission.release('m')).toThrow(/given back twice/);
  });

  it('never runs more than the limit, loses nobody and keeps the order, whatever happens in which order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('acquire' as const) }),
      fc.record({ do: fc.constant('release' as const), pick: fc.nat(20) }),
      fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(20) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(4),
        fc.array(step, { maxLength: 60 }),
        (max, queue, steps) => {
          const limits = { maxConcurrent: max, maxQueue: queue };
          const admission = createAdmission(() => limits);
          const running: Waiter[] = [];
          let waiting: Waiter[] = [];
          for (const next of steps) {
            if (next.do === 'acquire') {
              const one: Waiter = {
                onPermit() {
                  expect(waiting[0]).toBe(one);
                  waiting = waiting.slice(1);
                  running.push(one);
                },
              };
              const expected = running.length < max ? 'now' : waiting.length < queue ? 'queued' : 'full';
              const admitted = admission.acquire('m', limits, one);
              expect(admitted).toBe(expected);
              if (admitted === 'now') running.push(one);
              if (admitted === 'queued') waiting.push(one);
            } else if (next.do === 'release' && running.length > 0) {
              running.splice(next.pick % running.length, 1);
              admission.release('m');
            } else if (next.do === 'cancel' && waiting.length > 0) {
              const [gone] = waiting.splice(next.pick % waiting.length, 1);
              if (gone) admission.cancel('m', gone);
            }
            expect(running.length).toBeLessThanOrEqual(max);
            expect(waiting.length === 0 || running.length === max).toBe(true);
          }
        },
      ),
    );
  });
});
