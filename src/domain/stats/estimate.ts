import { areCounts, failed, type Outcome, ok, type StatsFailure } from './outcome.ts';

/** One 0 or 1 a user: `sum` users of `n` have it. */
export interface ProportionSums {
  readonly type: 'prop';
  readonly n: number;
  readonly sum: number;
}

/** One number a user. */
export interface MeanSums {
  readonly type: 'mean';
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Two numbers a user, m and d, of which Σm ÷ Σd is asked: completed ÷ sessions, rounds ÷ sessions, errors ÷ requests. */
export interface RatioSums {
  readonly type: 'ratio';
  readonly n: number;
  readonly mSum: number;
  readonly mSumSquares: number;
  readonly dSum: number;
  readonly dSumSquares: number;
  /** Σ m·d over users. */
  readonly mdSum: number;
}

/** What is kept of one arm, or of one stratum of it; `n` counts users. */
export type ArmSums = ProportionSums | MeanSums | RatioSums;

/** A figure of one arm and how sure it is: `variance` is that of one user, so that se² = variance ÷ n. */
export interface Estimate {
  /** Users, whatever the figure counts. */
  readonly n: number;
  readonly est: number;
  readonly variance: number;
  readonly se: number;
}

/** A variance that rounding has pushed below zero counts as zero, up to this share of the sum of squares. */
const ROUNDING = 1e-9;

/**
 * The figure of one arm from its sums over users. Variances: proportion p(1 − p); mean the sample variance; ratio the
 * delta method (s_m² − 2R·s_md + R²·s_d²) ÷ d̄² on sums by user, which is the cluster-robust variance: sessions of one
 * user are alike, and counting them as independent makes a test say "different" three times too often
 * (Deng, Knoblich, Lu: Applying the delta method in metric analytics, 2018).
 * Fails with `invalid_input`, `insufficient_data` (n < 2), `negative_variance`, `zero_denominator`.
 */
export function estimateArm(sums: ArmSums): Outcome<Estimate> {
  if (!Object.values(sums).every((value) => typeof value !== 'number' || Number.isFinite(value))) {
    return failed('invalid_input');
  }
  switch (sums.type) {
    case 'prop':
      return estimateProportion(sums);
    case 'mean':
      return estimateMean(sums);
    case 'ratio':
      return estimateRatio(sums);
  }
}

function estimateProportion({ n, sum }: ProportionSums): Outcome<Estimate> {
  if (!areCounts(n, sum) || sum > n) return failed('invalid_input');
  if (n < 2) return failed('insufficient_data');
  const share = sum / n;
  return estimate(n, share, share * (1 - share));
}

function estimateMean({ n, sum, sumSquares }: MeanSums): Outcome<Estimate> {
  if (!areCounts(n, sumSquares)) return failed('invalid_input');
  if (n < 2) return failed('insufficient_data');
  const variance = sampleVariance(n, sum, sumSquares);
  return variance < 0 ? failed('negative_variance') : estimate(n, sum / n, variance);
}

function estimateRatio(sums: RatioSums): Outcome<Estimate> {
  const { n, mSum, mSumSquares, dSum, dSumSquares, mdSum } = sums;
  if (!areCounts(n, mSumSquares, dSumSquares)) return failed('invalid_input');
  if (n < 2) return failed('insufficient_data');
  const failure = ratioFailure(sums);
  if (failure !== null) return failed(failure);
  const ratio = mSum / dSum;
  const meanD = dSum / n;
  const spread =
    sampleVariance(n, mSum, mSumSquares) -
    2 * ratio * sampleCovariance(n, { a: mSum, b: dSum, ab: mdSum }) +
    ratio * ratio * sampleVariance(n, dSum, dSumSquares);
  const scale = (mSumSquares + ratio * ratio * dSumSquares) / (n - 1);
  if (spread < -ROUNDING * scale) return failed('negative_variance');
  return estimate(n, ratio, Math.max(0, spread) / (meanD * meanD));
}

function ratioFailure({ n, mSum, mSumSquares, dSum, dSumSquares }: RatioSums): StatsFailure | null {
  if (sampleVariance(n, mSum, mSumSquares) < 0 || sampleVariance(n, dSum, dSumSquares) < 0) {
    return 'negative_variance';
  }
  return dSum === 0 ? 'zero_denominator' : null;
}

const estimate = (n: number, est: number, variance: number): Outcome<Estimate> =>
  ok({ n, est, variance, se: Math.sqrt(variance / n) });

/** Sample variance from sums; below zero when no numbers have these sums, zero when rounding alone made it negative. */
export function sampleVariance(n: number, sum: number, sumSquares: number): number {
  const squares = sumSquares - (sum * sum) / n;
  return (squares < 0 && squares >= -ROUNDING * sumSquares ? 0 : squares) / (n - 1);
}

/** Sample covariance from Σa, Σb and Σab. */
export function sampleCovariance(
  n: number,
  { a, b, ab }: { readonly a: number; readonly b: number; readonly ab: number },
): number {
  return (ab - (a * b) / n) / (n - 1);
}
