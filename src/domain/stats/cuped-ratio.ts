import { type Contrast, contrastArms, type Scale, welchDof } from './contrast.ts';
import type { CupedContrast } from './cuped.ts';
import { type Estimate, sampleCovariance, sampleVariance } from './estimate.ts';
import { bilinear, type Matrix } from './matrix.ts';
import { areCounts, failed, type Outcome, ok } from './outcome.ts';

/** The four numbers of a user: m and d now, m0 and d0 before the experiment. */
const FIGURES = ['m', 'd', 'm0', 'd0'] as const;
type Figure = (typeof FIGURES)[number];

/** Sums of one arm over users; `products` holds Σ of each pair of figures in the order m, d, m0, d0 (symmetric). */
export interface CupedRatioSums {
  readonly n: number;
  readonly sums: Readonly<Record<Figure, number>>;
  readonly products: Matrix;
}

interface RatioMoments {
  readonly n: number;
  readonly now: number;
  readonly before: number;
  /** Covariances of m, d, m0, d0 between users. */
  readonly cov: Matrix;
  /** How the ratio now and the ratio before move with the four means. */
  readonly slopeNow: readonly number[];
  readonly slopeBefore: readonly number[];
}

/** A θ this small adjusts nothing. */
const MIN_THETA = 1e-8;

/**
 * `contrastCuped` for a ratio clustered by user: R = Σm ÷ Σd adjusted by the same users' R0 = Σm0 ÷ Σd0, with the delta
 * method over the four means of each arm; θ = Σ cov(R, R0) ÷ Σ var(R0) over the arms (GrowthBook's gbstats,
 * `RegressionAdjustedRatioStatistic`). Where nobody was there before, θ is zero.
 * Fails as `contrastCuped` does, and with `zero_denominator`.
 */
export function contrastCupedRatio(
  control: CupedRatioSums,
  treatment: CupedRatioSums,
  scale: Scale,
): Outcome<CupedContrast> {
  for (const { n, sums, products } of [control, treatment]) {
    if (!areCounts(n) || ![...Object.values(sums), ...products.flat()].every(Number.isFinite)) {
      return failed('invalid_input');
    }
    if (n < 2) return failed('insufficient_data');
    if (sums.d === 0) return failed('zero_denominator');
    if (FIGURES.some((name, i) => sampleVariance(n, sums[name], products[i]?.[i] ?? 0) < 0)) {
      return failed('negative_variance');
    }
  }
  const [a, b] = [momentsOf(control), momentsOf(treatment)];
  const theta = thetaOf(a, b);
  const pooled = ratio(control.sums.m0 + treatment.sums.m0, control.sums.d0 + treatment.sums.d0);
  const [adjustedA, adjustedB] = [adjust(a, theta, pooled), adjust(b, theta, pooled)];
  const contrast =
    scale === 'relative'
      ? contrastRelative({ a, b, adjustedA, adjustedB, theta })
      : contrastArms(adjustedA, adjustedB, scale);
  if (contrast.status !== 'ok') return contrast;
  const plain = [a, b].reduce((sum, { n, cov, slopeNow }) => sum + bilinear(slopeNow, cov, slopeNow) / n, 0);
  return ok({ ...contrast, theta, varianceRatio: (adjustedA.se ** 2 + adjustedB.se ** 2) / plain });
}

const ratio = (m: number, d: number): number => (d === 0 ? 0 : m / d);

function momentsOf({ n, sums, products }: CupedRatioSums): RatioMoments {
  const { m, d, m0, d0 } = sums;
  const cov = FIGURES.map((row, i) =>
    FIGURES.map((column, k) =>
      sampleCovariance(n, { a: sums[row], b: sums[column], ab: products[i]?.[k] ?? 0 }),
    ),
  );
  const knownBefore = d0 !== 0;
  return {
    n,
    now: m / d,
    before: ratio(m0, d0),
    cov,
    slopeNow: [n / d, (-m * n) / d ** 2, 0, 0],
    slopeBefore: knownBefore ? [0, 0, n / d0, (-m0 * n) / d0 ** 2] : [0, 0, 0, 0],
  };
}

function thetaOf(a: RatioMoments, b: RatioMoments): number {
  const sumOf = (left: 'slopeNow' | 'slopeBefore') =>
    [a, b].reduce((sum, arm) => sum + bilinear(arm[left], arm.cov, arm.slopeBefore), 0);
  const spread = sumOf('slopeBefore');
  const theta = spread > 0 ? sumOf('slopeNow') / spread : 0;
  return Math.abs(theta) < MIN_THETA ? 0 : theta;
}

function adjust({ n, now, before, cov, ...slopes }: RatioMoments, theta: number, pooled: number): Estimate {
  const slope = slopes.slopeNow.map((part, i) => part - theta * (slopes.slopeBefore[i] ?? 0));
  const variance = Math.max(0, bilinear(slope, cov, slope));
  return { n, est: now - theta * (before - pooled), variance, se: Math.sqrt(variance / n) };
}

/** Relative to the control as it was measured, which is one more thing that varies. */
function contrastRelative({
  a,
  b,
  adjustedA,
  adjustedB,
  theta,
}: {
  readonly a: RatioMoments;
  readonly b: RatioMoments;
  readonly adjustedA: Estimate;
  readonly adjustedB: Estimate;
  readonly theta: number;
}): Outcome<Contrast> {
  if (a.now === 0) return failed('baseline_zero');
  const base = Math.abs(a.now);
  const difference = adjustedB.est - adjustedA.est;
  const grown = (1 + (Math.sign(a.now) * difference) / base) / base;
  const slope = a.slopeNow.map((part, i) => -part * grown + (theta * (a.slopeBefore[i] ?? 0)) / base);
  const variance = bilinear(slope, a.cov, slope) / a.n + (adjustedB.se / base) ** 2;
  if (!(variance > 0)) return failed('zero_variance');
  return ok({
    est: difference / base,
    se: Math.sqrt(variance),
    n: a.n + b.n,
    dof: welchDof([adjustedA.se ** 2, a.n], [adjustedB.se ** 2, b.n]),
    control: adjustedA.est,
    treatment: adjustedB.est,
  });
}
