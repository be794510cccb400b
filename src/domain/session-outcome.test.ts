import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndCall, outcomeOf, type SessionRequest, sumUpSession } from './session-outcome.ts';

const IDLE_MS = 900_000;
type Outcome = SessionRequest['outcome'];

/** One request a minute, each answered in ten seconds. */
const session = (...outcomes: Outcome[]): SessionRequest[] =>
  outcomes.map((outcome, i) => ({
    arrivedMs: i * 60_000,
    endedMs: i * 60_000 + 10_000,
    round: i + 1,
    outcome,
  }));
const outcome = (requests: readonly SessionRequest[], endCall: EndCall | null, nowMs = 10_000_000) => {
  const sums = sumUpSession(requests);
  if (!sums) throw new Error('a session has requests');
  return outcomeOf(sums, endCall, { nowMs, idleMs: IDLE_MS });
};
const says = (reason: EndCall['reason']): EndCall => ({ atMs: 200_000, reason });

describe('outcomeOf', () => {
  it.each<[string, Outcome[], EndCall | null, boolean, boolean]>([
    ['three whole answers, then nothing', ['ok', 'ok', 'ok'], null, true, false],
    ['two whole answers, then nothing', ['ok', 'ok'], null, false, false],
    ['an early error, a whole last answer', ['error', 'ok', 'ok'], null, true, false],
    ['the last answer failed', ['ok', 'ok', 'error'], null, false, false],
    ['the last request was refused', ['ok', 'ok', 'refused'], null, false, false],
    ['the client left before the end', ['ok', 'ok', 'client_abort'], null, false, true],
    ['the client left at once', ['client_abort'], null, false, true],
    ['left once, then went on', ['client_abort', 'ok', 'ok'], null, true, false],
    ['said completed', ['ok', 'ok', 'error'], says('completed'), true, false],
    ['said completed after two', ['ok', 'ok'], says('completed'), false, false],
    ['said completed after leaving', ['ok', 'ok', 'client_abort'], says('completed'), true, false],
    ['said abandoned', ['ok', 'ok', 'ok'], says('abandoned'), false, true],
  ])('%s', (_name, outcomes, endCall, completed, abandoned) => {
    expect(outcome(session(...outcomes), endCall)).toMatchObject({ completed, abandoned });
  });

  it('measures from the first arrival to the end of the last answer', () => {
    expect(outcome(session('ok', 'ok', 'ok'), null)).toEqual({
      endedBy: 'idle',
      closedAtMs: 130_000 + IDLE_MS,
      completed: true,
      abandoned: false,
      stayMs: 130_000,
      depth: 3,
    });
    expect(outcome(session('ok'), says('completed'))).toMatchObject({
      endedBy: 'end_call',
      closedAtMs: 200_000,
    });
  });

  it.each([
    [130_000 + IDLE_MS, null],
    [130_001 + IDLE_MS, 'idle'],
  ])('at %i ms it is ended by %s', (nowMs, endedBy) => {
    const seen = outcome(session('ok', 'ok', 'ok'), null, nowMs);
    expect(seen).toMatchObject({ endedBy, completed: endedBy !== null, abandoned: false, depth: 3 });
  });

  it('closes at once by the end call', () => {
    expect(outcome(session('ok'), says('abandoned'), 200_000).endedBy).toBe('end_call');
  });

  it('counts a round once, however many requests it took, and from where Sluice first saw it', () => {
    const [first, second, third] = session('ok', 'error', 'ok');
    if (!first || !second || !third) throw new Error('three requests');
    const requests = [
      { ...first, round: 7 },
      { ...second, round: 8 },
      { ...third, round: 8 },
    ];
    expect(outcome(requests, null)).toMatchObject({ depth: 2, completed: false });
  });

  it('takes the answer that arrived last for the last, though another ended later', () => {
    const long: SessionRequest = { arrivedMs: 0, endedMs: 500_000, round: 1, outcome: 'client_abort' };
    expect(outcome([...session('ok', 'ok', 'ok').slice(1), long], null)).toMatchObject({
      abandoned: false,
      stayMs: 500_000 - 0,
    });
  });
});

describe('sumUpSession', () => {
  it('has nothing to say of no requests', () => {
    expect(sumUpSession([])).toBeNull();
  });

  it('does not depend on the order, and nothing is both completed and abandoned', () => {
    const request = fc.record({
      arrivedMs: fc.integer({ min: 0, max: 1_000 }),
      tookMs: fc.integer({ min: 1, max: 500 }),
      round: fc.integer({ min: 1, max: 5 }),
      outcome: fc.constantFrom<Outcome>('ok', 'error', 'refused', 'client_abort'),
    });
    const requests = fc
      .uniqueArray(request, { minLength: 1, maxLength: 8, selector: (each) => each.arrivedMs })
      .map((list) => list.map(({ tookMs, ...rest }) => ({ ...rest, endedMs: rest.arrivedMs + tookMs })));
    const endCall = fc.option(
      fc.record({ atMs: fc.integer(), reason: fc.constantFrom<EndCall['reason']>('completed', 'abandoned') }),
    );
    fc.assert(
      fc.property(requests, endCall, fc.integer({ min: 0, max: 2_000_000 }), (list, call, nowMs) => {
        const shuffled = list.toSorted((a, b) => b.endedMs - a.endedMs);
        expect(sumUpSession(shuffled)).toEqual(sumUpSession(list));
        const seen = outcome(list, call, nowMs);
        expect(seen.completed && seen.abandoned).toBe(false);
        if (seen.endedBy === null) expect(seen.completed || seen.abandoned).toBe(false);
        expect(seen.depth).toBeLessThanOrEqual(list.length);
        expect(seen.stayMs).toBeGreaterThan(0);
      }),
    );
  });
});
