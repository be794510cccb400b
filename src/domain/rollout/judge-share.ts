import { inferenceOf } from '../experiment/metric-inference.ts';
import { betaQuantile } from '../stats/distributions.ts';
import { estimateArm, type RatioSums } from '../stats/estimate.ts';
import { rateSequence } from '../stats/rate-sequence.ts';
import type { RatioEvidence } from './gate-evidence.ts';
import { type Judged, UNREAD } from './gate-reading.ts';
import { isWithin, wanted } from './limit.ts';
import type { Gate } from './plan.ts';

/** One-sided level of the bound that a confident gate asks for. */
export const ALPHA_BOUND = 0.05;
/** A hard limit acts at once, so it wants at least so many samples. */
export const HARD_LIMIT_SAMPLES = 20;
/** Where the test for harm is sharpest at least; a smaller number has no such sequence. */
const MIN_TIGHTEST = 100;

interface Counts {
  /** What is counted, out of how many. */
  readonly events: number;
  readonly of: number;
}

/** A share with a limit of its own; an absolute quantile is one: at most 5 % of the requests may be slower than its limit. */
export function judgeShare(
  gate: Gate,
  evidence: RatioEvidence,
  { isDue, alphaHarm }: { readonly isDue: boolean; readonly alphaHarm: number },
): Judged {
  const { sums } = evidence.candidate;
  const counts = { events: sums.mSum, of: sums.dSum };
  const rule = ruleOf(gate);
  const share = counts.of > 0 ? counts.events / counts.of : null;
  const read = { ...UNREAD, value: rule.isSlowness ? evidence.shownMs : share, samples: counts.of };
  const failed = (failedBy: 'limit' | 'harm' | 'hard_limit', isFinal = false): Judged => ({
    ...read,
    verdict: 'fail',
    failedBy,
    isFinal,
  });
  if (share === null) return read;
  if (isBeyondHardLimit(gate, evidence, rule)) return failed('hard_limit', true);
  const keeps = rule.keeps(counts);
  const real = independent(sums);
  if (!keeps && isHarmed(real, rule, { alphaHarm, minSamples: gate.minSamples })) return failed('harm');
  if (counts.of < gate.minSamples) return read;
  if (gate.mode === 'confident') {
    const bound = boundOf(real, rule.wants);
    return { ...read, bound, verdict: isWithin(bound, rule) ? 'pass' : 'inconclusive' };
  }
  if (keeps) return { ...read, verdict: 'pass' };
  return isDue ? failed('limit') : { ...read, verdict: 'inconclusive' };
}

/** What the share must keep. */
interface ShareRule extends Pick<Gate, 'op' | 'limit'> {
  readonly wants: 'lower' | 'higher';
  readonly isSlowness: boolean;
  readonly keeps: (counts: Counts) => boolean;
}

function ruleOf(gate: Gate): ShareRule {
  const inference = inferenceOf(gate.metric);
  if (inference?.kind !== 'quantile') {
    const { op, limit } = gate;
    const keeps = ({ events, of }: Counts) => isWithin(events / of, gate);
    return { op, limit, wants: wanted(gate), isSlowness: false, keeps };
  }
  // Nearest rank: P95 is within the limit if and only if ⌈0.95 n⌉ requests are. Rounding must not ask for one more.
  const { p } = inference;
  const keeps = ({ events, of }: Counts) => of - events >= Math.ceil(p * of - 1e-9);
  return { op: '<=', limit: 1 - p, wants: 'lower', isSlowness: true, keeps };
}

function isBeyondHardLimit(
  gate: Gate,
  { candidate, beyondHardLimit }: RatioEvidence,
  rule: ShareRule,
): boolean {
  const { mSum: events, dSum: of } = candidate.sums;
  if (gate.hardLimit === null || of < HARD_LIMIT_SAMPLES) return false;
  if (rule.isSlowness) return beyondHardLimit !== null && !rule.keeps({ events: beyondHardLimit, of });
  return rule.wants === 'lower' ? events / of >= gate.hardLimit : events / of <= gate.hardLimit;
}

/**
 * The counts as so many independent observations: requests of one user are alike, and taken as independent they would
 * prove too much. Divided by the design effect, the clustered variance ÷ the binomial one, where it is above 1.
 */
function independent(sums: RatioSums): Counts {
  const counts = { events: sums.mSum, of: sums.dSum };
  const estimate = estimateArm(sums);
  const share = counts.events / counts.of;
  const binomial = (share * (1 - share)) / counts.of;
  if (estimate.status !== 'ok' || !(binomial > 0)) return counts;
  const effect = Math.max(1, estimate.se ** 2 / binomial);
  return { events: counts.events / effect, of: counts.of / effect };
}

/** Clopper and Pearson's one-sided bound: the worst share that the counts still allow. 0 of 598 is below 0.5 %. */
export function boundOf({ events, of }: Counts, wants: 'lower' | 'higher'): number {
  if (wants === 'lower') return events >= of ? 1 : betaQuantile(1 - ALPHA_BOUND, events + 1, of - events);
  return events <= 0 ? 0 : betaQuantile(ALPHA_BOUND, events, of - events + 1);
}

/** Whether the share is beyond the limit for sure, however often one looks. */
function isHarmed(
  { events, of }: Counts,
  { wants, limit }: ShareRule,
  { alphaHarm, minSamples }: { readonly alphaHarm: number; readonly minSamples: number },
): boolean {
  const sequence = rateSequence(
    { successes: events, n: of },
    { alpha: alphaHarm, tightestAt: Math.max(minSamples, MIN_TIGHTEST) },
  );
  if (sequence.status !== 'ok') return false;
  return wants === 'lower' ? sequence.lo > limit : sequence.hi < limit;
}
