import { gammaLn } from './distributions.ts';
import type { Interval } from './interval.ts';
import { areCounts, failed, isShare, type Outcome, ok } from './outcome.ts';

export interface RateSequence extends Interval {
  readonly est: number;
  readonly concentration: number;
}

export interface RateSequenceOptions {
  readonly alpha?: number;
  /** The level that the sequence is tightest for at `tightestAt`. */
  readonly alphaTightest?: number;
  readonly tightestAt: number;
}

const STEPS = 200;
/** Where the evidence is read when a bound may lie at the very edge. */
const EDGE = 1e-15;

/**
 * A confidence sequence for one rate, exact at every look: all p at which the Dirichlet-multinomial e-value of
 * (successes, failures) stays below 1 ÷ α, with concentration t ÷ (L + ln(1 + L)) − 1, L = 2 ln(1 ÷ α). Source: Howard,
 * Ramdas, "Time-uniform Chernoff bounds via nonnegative supermartingales"; code gostevehoward/confseq.
 * Fails with `invalid_input`, `insufficient_data` (nothing observed).
 */
export function rateSequence(
  { successes, n }: { readonly successes: number; readonly n: number },
  { alpha = 0.05, alphaTightest = 0.05, tightestAt }: RateSequenceOptions,
): Outcome<RateSequence> {
  if (!areCounts(successes, n) || successes > n || !isShare(alpha) || !isShare(alphaTightest)) {
    return failed('invalid_input');
  }
  if (n === 0) return failed('insufficient_data');
  const length = 2 * Math.log(1 / alphaTightest);
  const concentration = tightestAt / (length + Math.log1p(length)) - 1;
  if (!(concentration > 0) || !Number.isFinite(concentration)) return failed('invalid_input');
  const est = successes / n;
  const isInside = (p: number) => logEvidence(p, { successes, n, concentration }) < Math.log(1 / alpha);
  return ok({
    est,
    concentration,
    lo: successes === 0 ? 0 : boundBetween(est, EDGE, isInside),
    hi: successes === n ? 1 : boundBetween(est, 1 - EDGE, isInside),
  });
}

function logEvidence(
  p: number,
  { successes, n, concentration: c }: { successes: number; n: number; concentration: number },
): number {
  const [a, b] = [c * p, c * (1 - p)];
  const failures = n - successes;
  // A count of zero adds nothing, also at the edge, where its terms are ∞ − ∞.
  const hits = successes === 0 ? 0 : gammaLn(a + successes) - gammaLn(a) - successes * Math.log(p);
  const misses = failures === 0 ? 0 : gammaLn(b + failures) - gammaLn(b) - failures * Math.log1p(-p);
  return gammaLn(c) - gammaLn(c + n) + hits + misses;
}

/** The last point from `inside` towards `edge` that is still inside; the edge itself (0 or 1) when that is. */
function boundBetween(inside: number, edge: number, isInside: (p: number) => boolean): number {
  if (isInside(edge)) return Math.round(edge);
  let [near, far] = [Math.min(Math.max(inside, EDGE), 1 - EDGE), edge];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (near + far) / 2;
    if (isInside(middle)) near = middle;
    else far = middle;
  }
  return near;
}
