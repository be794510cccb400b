import { addSums } from './add-sums.ts';
import { type Contrast, contrastArms, type Scale, welchDof } from './contrast.ts';
import { type Estimate, sampleCovariance, sampleVariance } from './estimate.ts';
import { areCounts, failed, type Outcome, ok } from './outcome.ts';

/** Sums of one arm: y is now, x the same users' figure before the experiment (zero for who was not there). */
export interface CupedSums {
  readonly n: number;
  readonly ySum: number;
  readonly ySumSquares: number;
  readonly xSum: number;
  readonly xSumSquares: number;
  readonly xySum: number;
  /** Whether y is 0 or 1. */
  readonly binary?: boolean;
}

export interface CupedContrast extends Contrast {
  /** How much of a user's earlier difference is taken out; zero when x does not vary. */
  readonly theta: number;
  /** Squared standard error with the adjustment ÷ without; below 1 it helps. */
  readonly varianceRatio: number;
}

interface Moments {
  readonly n: number;
  readonly y: number;
  readonly x: number;
  readonly varY: number;
  readonly varX: number;
  readonly cov: number;
}

/** Least number of users, and least share of them known from before, for an adjustment worth its trouble (Statsig). */
const MIN_USERS = 100;
const MIN_KNOWN = 0.05;

/** Whether an adjustment is to be used: enough users known from before, and it narrows the interval. */
export function isCupedWorthwhile(
  contrast: Pick<CupedContrast, 'n' | 'varianceRatio'>,
  usersKnownBefore: number,
): boolean {
  return contrast.n >= MIN_USERS && usersKnownBefore >= MIN_KNOWN * contrast.n && contrast.varianceRatio < 1;
}

/**
 * Contrast with what was known before the experiment taken out (Deng, Xu, Kohavi, Walker: CUPED, WSDM 2013):
 * θ = cov(y, x) ÷ var(x) over both arms together, figure of an arm ȳ − θ(x̄ − x̄ of both), variance
 * s_y² + θ²s_x² − 2θs_xy. Relative differences are to the control as it was measured, with the variance of GrowthBook's
 * gbstats (`frequentist_variance_relative_cuped`).
 * Fails as `contrastArms` does, and with `invalid_input`, `insufficient_data`, `negative_variance`.
 */
export function contrastCuped(
  control: CupedSums,
  treatment: CupedSums,
  scale: Scale,
): Outcome<CupedContrast> {
  if (![control, treatment].every(isSound)) return failed('invalid_input');
  if (control.n < 2 || treatment.n < 2) return failed('insufficient_data');
  const [a, b] = [momentsOf(control), momentsOf(treatment)];
  if ([a, b].some(({ varY, varX }) => varY < 0 || varX < 0)) return failed('negative_variance');
  const both = momentsOf(addSums(control, treatment));
  const theta = both.varX > 0 ? both.cov / both.varX : 0;
  const [adjustedA, adjustedB] = [adjust(a, theta, both.x), adjust(b, theta, both.x)];
  const contrast =
    scale === 'relative'
      ? contrastRelative({ a, b, adjustedA, adjustedB, theta })
      : contrastArms(adjustedA, adjustedB, scale);
  if (contrast.status !== 'ok') return contrast;
  const plain = a.varY / a.n + b.varY / b.n;
  return ok({ ...contrast, theta, varianceRatio: (adjustedA.se ** 2 + adjustedB.se ** 2) / plain });
}

function isSound({ n, ySum, ySumSquares, xSum, xSumSquares, xySum, binary }: CupedSums): boolean {
  return (
    areCounts(n, ySumSquares, xSumSquares) &&
    [ySum, xSum, xySum].every(Number.isFinite) &&
    (binary !== true || (ySum >= 0 && ySum <= n))
  );
}

function momentsOf({ n, ySum, ySumSquares, xSum, xSumSquares, xySum, binary }: CupedSums): Moments {
  const y = ySum / n;
  return {
    n,
    y,
    x: xSum / n,
    varY: binary === true ? y * (1 - y) : sampleVariance(n, ySum, ySumSquares),
    varX: sampleVariance(n, xSum, xSumSquares),
    cov: sampleCovariance(n, { a: ySum, b: xSum, ab: xySum }),
  };
}

function adjust({ n, y, x, varY, varX, cov }: Moments, theta: number, pooledX: number): Estimate {
  // Where x explains y wholly nothing is left over; rounding must not make that a tiny spread.
  const left = varY + theta * theta * varX - 2 * theta * cov;
  const variance = left > 1e-12 * (varY + theta * theta * varX) ? left : 0;
  return { n, est: y - theta * (x - pooledX), variance, se: Math.sqrt(variance / n) };
}

function contrastRelative({
  a,
  b,
  adjustedA,
  adjustedB,
  theta,
}: {
  readonly a: Moments;
  readonly b: Moments;
  readonly adjustedA: Estimate;
  readonly adjustedB: Estimate;
  readonly theta: number;
}): Outcome<Contrast> {
  if (a.y === 0) return failed('baseline_zero');
  const slope = b.y / a.y;
  const varA = (a.varY * slope ** 2 - 2 * theta * a.cov * slope + theta ** 2 * a.varX) / a.n;
  const variance = (adjustedB.se ** 2 + varA) / a.y ** 2;
  if (!(variance > 0)) return failed('zero_variance');
  return ok({
    est: (adjustedB.est - adjustedA.est) / Math.abs(a.y),
    se: Math.sqrt(variance),
    n: a.n + b.n,
    dof: welchDof([adjustedA.se ** 2, a.n], [adjustedB.se ** 2, b.n]),
    control: adjustedA.est,
    treatment: adjustedB.est,
  });
}
