import { type AnyTimeTest, testAnyTime } from '../stats/always-valid.ts';
import { type Estimate, estimateArm, type RatioSums } from '../stats/estimate.ts';
import type { Outcome } from '../stats/outcome.ts';
import { type Judged, UNREAD } from './gate-reading.ts';
import { ALPHA_BOUND, HARD_LIMIT_SAMPLES } from './judge-share.ts';
import { alternativesOf, isWithin, wanted } from './limit.ts';
import type { Gate } from './plan.ts';

/** An amount for each of something, such as tokens per answer, with a limit of its own. */
export function judgeAmount(
  gate: Gate,
  sums: RatioSums,
  { isDue, alphaHarm }: { readonly isDue: boolean; readonly alphaHarm: number },
): Judged {
  if (sums.dSum === 0) return UNREAD;
  const value = sums.mSum / sums.dSum;
  const read = { ...UNREAD, value, samples: sums.dSum };
  if (isBeyondHardLimit(gate, value, sums.dSum)) {
    return { ...read, verdict: 'fail', failedBy: 'hard_limit', isFinal: true };
  }
  const keeps = isWithin(value, gate);
  const { good, bad } = alternativesOf(gate);
  const estimate = estimateArm(sums);
  const test = (alternative: typeof good, alpha: number): Outcome<AnyTimeTest> =>
    estimate.status === 'ok' ? testLimit(estimate, { alternative, alpha, nullValue: gate.limit }) : estimate;
  const harm = test(bad, alphaHarm);
  if (!keeps && harm.status === 'ok' && harm.p < alphaHarm)
    return { ...read, verdict: 'fail', failedBy: 'harm' };
  if (sums.dSum < gate.minSamples) return read;
  if (gate.mode === 'confident') {
    const safe = test(good, ALPHA_BOUND);
    if (safe.status !== 'ok') return { ...read, verdict: 'inconclusive' };
    const bound = good === 'less' ? safe.hi : safe.lo;
    return { ...read, bound, verdict: safe.p < ALPHA_BOUND ? 'pass' : 'inconclusive' };
  }
  if (keeps) return { ...read, verdict: 'pass' };
  return isDue ? { ...read, verdict: 'fail', failedBy: 'limit' } : { ...read, verdict: 'inconclusive' };
}

function testLimit(
  { est, se, n }: Estimate,
  test: {
    readonly alternative: 'less' | 'greater' | 'two-sided';
    readonly alpha: number;
    readonly nullValue: number;
  },
): Outcome<AnyTimeTest> {
  return testAnyTime({ est, se, n }, test);
}

function isBeyondHardLimit(gate: Gate, value: number, samples: number): boolean {
  if (gate.hardLimit === null || samples < HARD_LIMIT_SAMPLES) return false;
  return wanted(gate) === 'lower' ? value >= gate.hardLimit : value <= gate.hardLimit;
}
