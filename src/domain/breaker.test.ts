import { describe, expect, it } from 'vitest';
import { BREAKER } from '../../test/config-fixture.ts';
import { walkBreaker } from '../../test/support/breaker-walk.ts';
import { Breaker, type Verdict } from './breaker.ts';
import type { BreakerConfig } from './config.ts';

const MINUTE_MS = 60_000;
const make = (config: Partial<BreakerConfig> = {}) =>
  new Breaker({ config: { ...BREAKER, ...config }, leaseMs: 65_000, nowMs: 0 });

/** So many requests, a second apart, of which every `nth` fails. */
function run(
  breaker: Breaker,
  { requests, nth, fromMs = 0 }: { requests: number; nth: number; fromMs?: number },
) {
  for (let i = 1; i <= requests; i += 1) {
    const step = breaker.leave(breaker.enter(fromMs + i), i % nth === 0 ? 'upstream_5xx' : null, fromMs + i);
    if (step) return { step, requests: i };
  }
  return null;
}

describe('a breaker', () => {
  // Seeds of every run, and one that no run had before.
  it.each([1, 2, 3, Date.now()])('keeps its invariants for 100,000 random steps (seed %i)', (seed) => {
    const walked = walkBreaker({ seed, steps: 100_000 });
    expect(walked.fault).toBeNull();
    for (const count of Object.values(walked.changes)) expect(count).toBeGreaterThan(50);
    expect(Math.min(walked.restarts, walked.leaked, walked.late)).toBeGreaterThan(50);
  });

  it('opens after five failures in a row', () => {
    expect(run(make(), { requests: 9, nth: 1 })).toMatchObject({
      requests: 5,
      step: { from: 'CLOSED', to: 'OPEN', reason: 'consecutive_failures', because: '5 failures in a row' },
    });
  });

  it('opens at 3.0 %, with at least 20 requests and 5 failures, and says how it counted', () => {
    expect(run(make(), { requests: 500, nth: 33 })).toMatchObject({
      requests: 165,
      step: { reason: 'error_rate', because: '5 of 165 = 3.03 % ≥ 3.0 %' },
    });
    expect(run(make(), { requests: 1_000, nth: 34 })).toBeNull();
    expect(run(make(), { requests: 100, nth: 3 })).toMatchObject({ requests: 20 });
    expect(run(make({ minFailures: 7 }), { requests: 100, nth: 3 })).toMatchObject({ requests: 21 });
  });

  it('does not meet an old burst again after a quiet night', () => {
    const breaker = make({ consecutiveFailures: 100 });
    run(breaker, { requests: 19, nth: 1 });
    expect(run(breaker, { requests: 400, nth: 50, fromMs: 6 * 60 * MINUTE_MS })).toBeNull();
    expect(breaker.counts(6 * 60 * MINUTE_MS + 400)).toMatchObject({ requests: 400, failures: 8 });
  });

  it('lets one try, then two at a time, and closes after five', () => {
    const breaker = make();
    run(breaker, { requests: 5, nth: 1 });
    expect(breaker.settle(300_004)).toBeNull();
    expect(breaker.settle(300_005)).toMatchObject({ to: 'HALF_OPEN', reason: 'cooled_down' });
    const standings: string[] = [];
    const first = breaker.enter(300_006);
    standings.push(breaker.standing);
    breaker.leave(first, null, 300_007);
    const pair = [breaker.enter(300_008), breaker.enter(300_008)];
    standings.push(breaker.standing);
    for (const pass of pair) breaker.leave(pass, null, 300_009);
    const last = [breaker.enter(300_010), breaker.enter(300_010)];
    standings.push(breaker.standing);
    breaker.leave(last[0] ?? 0, null, 300_011);
    standings.push(breaker.standing);
    expect(standings).toEqual(['open', 'open', 'open', 'open']);
    expect(breaker.leave(last[1] ?? 0, null, 300_012)).toMatchObject({
      to: 'CLOSED',
      reason: 'probes_passed',
    });
  });

  it('reopens when a probe fails, and when one never tells', () => {
    for (const isLost of [false, true]) {
      const breaker = make();
      run(breaker, { requests: 5, nth: 1 });
      breaker.settle(400_000);
      const pass = breaker.enter(400_000);
      const step = isLost ? breaker.settle(465_001) : breaker.leave(pass, 'timeout_first_byte', 400_001);
      expect(step).toMatchObject({ from: 'HALF_OPEN', to: 'OPEN', incident: 2, epoch: 4 });
      expect(step?.because).toBe(
        isLost ? 'a probe never told how it went' : 'a probe failed: timeout_first_byte',
      );
    }
  });

  it.each<Verdict>(['rate_limited', 'client_abort', 'bad_request', 'context_length', 'rejected'])(
    'is not moved by %s',
    (verdict) => {
      const breaker = make();
      for (let i = 0; i < 1_000; i += 1) expect(breaker.leave(breaker.enter(i), verdict, i)).toBeNull();
      expect(breaker.counts(1_000)).toMatchObject({ requests: 0, failures: 0 });
      run(breaker, { requests: 5, nth: 1 });
      breaker.settle(400_000);
      expect(breaker.leave(breaker.enter(400_000), verdict, 400_001)).toBeNull();
      expect(breaker.standing).toBe('probe');
    },
  );

  it('stays open in another process for what is left of its time, and never for longer than a new one', () => {
    const breaker = make();
    run(breaker, { requests: 5, nth: 1 });
    const restored = (openUntilMs: number) =>
      new Breaker({ config: BREAKER, leaseMs: 1, nowMs: 50, memory: { ...breaker.memory, openUntilMs } });
    expect(restored(1_000).settle(999)).toBeNull();
    expect(restored(1_000).settle(1_000)).toMatchObject({ to: 'HALF_OPEN', epoch: 3 });
    expect(restored(9e9).openUntilMs).toBe(300_050);
  });

  it('held open by an operator, waits for an operator', () => {
    const breaker = make();
    expect(breaker.force('open', 1)).toMatchObject({ to: 'OPEN', reason: 'operator_open', incident: 2 });
    expect(breaker.settle(9e9)).toBeNull();
    expect(breaker.force('close', 9e9)).toMatchObject({ to: 'CLOSED', reason: 'operator_close' });
    expect(breaker.standing).toBe('closed');
  });

  it('opens for longer each time where it is told to, and forgets while all is well', () => {
    const breaker = make({ openFactor: 2, openMaxMs: 1_000_000 });
    const lengths: number[] = [];
    let nowMs = 0;
    const trip = () => {
      for (let i = 0; i < 5; i += 1) breaker.leave(breaker.enter(nowMs), 'truncated', nowMs);
      lengths.push(breaker.openUntilMs - nowMs);
      nowMs = breaker.openUntilMs;
      breaker.settle(nowMs);
      for (let i = 0; i < 5; i += 1) breaker.leave(breaker.enter(nowMs), null, nowMs);
    };
    for (let i = 0; i < 4; i += 1) trip();
    nowMs += 3 * BREAKER.decayMs; // three of four are forgotten
    trip();
    expect(lengths).toEqual([300_000, 600_000, 1_000_000, 1_000_000, 600_000]);
  });

  it('switched off, counts and never opens; switched off while open, closes', () => {
    const breaker = make({ enabled: false });
    expect(run(breaker, { requests: 100, nth: 1 })).toBeNull();
    expect(breaker.counts(100)).toMatchObject({ failures: 100 });
    const open = make();
    run(open, { requests: 5, nth: 1 });
    open.reconfigure({ ...BREAKER, enabled: false }, 1);
    expect(open.settle(10)).toMatchObject({ to: 'CLOSED', reason: 'switched_off' });
  });

  it('counts what another process saw at its own time, and opens by nothing of it', () => {
    const breaker = make({ consecutiveFailures: 100 });
    for (let agoS = 400; agoS > 0; agoS -= 10) breaker.recall('truncated', 1_000_000 - agoS * 1_000);
    expect(breaker.counts(1_000_000)).toMatchObject({ requests: 29, failures: 29 });
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.leave(breaker.enter(1_000_001), null, 1_000_001)).toMatchObject({ to: 'OPEN' });
  });
});
