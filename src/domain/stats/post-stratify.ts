import { addSums } from './add-sums.ts';
import { type Contrast, onScale, type Scale } from './contrast.ts';
import { type ArmSums, estimateArm, sampleCovariance, sampleVariance } from './estimate.ts';
import { bilinear, type Matrix } from './matrix.ts';
import { areCounts, failed, type Outcome, ok } from './outcome.ts';

/** Both arms of one group of users, such as new or returning ones. */
export interface Stratum {
  readonly control: ArmSums;
  readonly treatment: ArmSums;
}

interface Weighted extends Stratum {
  readonly weight: number;
}

/**
 * Contrast put together from groups of users in fixed proportions, so that a group that is larger in one arm by chance
 * does not pass for an effect. Means u_h of stratum h (m, and d of a ratio, of each arm) with block covariance C_h:
 * ū = Σ w_h u_h, V = Σ w_h² C_h + (Σ w_h u_h u_hᵀ − ū ūᵀ) ÷ N, then the delta method on ū. By default w_h is the share of
 * users of both arms; `weights` that were fixed beforehand (50/50) are not random, and the second term of V falls away.
 * A stratum with fewer than two users or without variance in an arm joins the largest.
 * Source: Miratrix, Sekhon, Yu, "Adjusting treatment effect estimates by post-stratification" (2013); GrowthBook's
 * `EffectMomentsPostStratification`. Fails as `estimateArm` and `onScale` do; `invalid_input` for strata of several types.
 */
export function contrastStrata(
  strata: readonly Stratum[],
  scale: Scale,
  weights?: readonly number[],
): Outcome<Contrast> {
  if (strata.length === 0) return failed('insufficient_data');
  if (new Set(strata.flatMap(({ control, treatment }) => [control.type, treatment.type])).size !== 1) {
    return failed('invalid_input');
  }
  const broken = findBroken(strata);
  if (broken !== null) return broken;
  const users = strata.reduce((sum, stratum) => sum + usersOf(stratum), 0);
  const given = weights ?? strata.map(usersOf);
  const total = given.reduce((sum, weight) => sum + weight, 0);
  if (given.length !== strata.length || !areCounts(...given) || !(total > 0)) return failed('invalid_input');
  const weighted = strata.map((stratum, i) => ({ ...stratum, weight: (given[i] ?? 0) / total }));
  const merged = mergeThin(weighted);
  for (const arm of merged.flatMap(({ control, treatment }) => [control, treatment])) {
    const checked = estimateArm(arm);
    if (checked.status !== 'ok') return checked;
  }
  return contrastMeans(merged, { scale, users, areWeightsRandom: weights === undefined });
}

const usersOf = ({ control, treatment }: Stratum): number => control.n + treatment.n;

/** Sums that are wrong in themselves are no reason to merge. */
function findBroken(strata: readonly Stratum[]): Outcome<never> | null {
  for (const arm of strata.flatMap(({ control, treatment }) => [control, treatment])) {
    const { status } = estimateArm(arm);
    if (status === 'invalid_input' || status === 'negative_variance') return failed(status);
  }
  return null;
}

function mergeThin(strata: readonly Weighted[]): readonly Weighted[] {
  const sound = strata.filter(({ control, treatment }) => [control, treatment].every(varies));
  const host = (sound.length > 0 ? sound : strata).toSorted((a, b) => usersOf(b) - usersOf(a))[0];
  if (host === undefined || sound.length === strata.length) return strata;
  const guests = strata.filter((stratum) => stratum !== host && !sound.includes(stratum));
  const merged = guests.reduce(
    (sum, { control, treatment, weight }) => ({
      control: addSums(sum.control, control),
      treatment: addSums(sum.treatment, treatment),
      weight: sum.weight + weight,
    }),
    host,
  );
  return [merged, ...sound.filter((stratum) => stratum !== host)];
}

function varies(arm: ArmSums): boolean {
  const estimate = estimateArm(arm);
  return estimate.status === 'ok' && estimate.variance > 0;
}

interface MeansOptions {
  readonly scale: Scale;
  readonly users: number;
  readonly areWeightsRandom: boolean;
}

function contrastMeans(
  strata: readonly Weighted[],
  { scale, users, areWeightsRandom }: MeansOptions,
): Outcome<Contrast> {
  const parts = strata.map(({ control, treatment, weight }) => {
    const [a, b] = [momentsOf(control), momentsOf(treatment)];
    return { weight, means: [...a.means, ...b.means], cov: blocks(a.cov, b.cov) };
  });
  const size = parts[0]?.means.length ?? 0;
  const indices = Array.from({ length: size }, (_, i) => i);
  const mean = indices.map((i) =>
    parts.reduce((sum, { weight, means }) => sum + weight * (means[i] ?? 0), 0),
  );
  const cov = indices.map((i) =>
    indices.map((k) => {
      const within = parts.reduce((sum, part) => sum + part.weight ** 2 * (part.cov[i]?.[k] ?? 0), 0);
      if (!areWeightsRandom) return within;
      const products = parts.reduce(
        (sum, { weight, means }) => sum + weight * (means[i] ?? 0) * (means[k] ?? 0),
        0,
      );
      return within + (products - (mean[i] ?? 0) * (mean[k] ?? 0)) / users;
    }),
  );
  const [a, b] = [figureOf(mean, 0), figureOf(mean, size / 2)];
  if (a === null || b === null) return failed('zero_denominator');
  const effect = onScale({
    a: a.value,
    b: b.value,
    varA: bilinear(a.slope, cov, a.slope),
    varB: bilinear(b.slope, cov, b.slope),
    cov: bilinear(a.slope, cov, b.slope),
    scale,
  });
  if (effect.status !== 'ok') return effect;
  return ok({ est: effect.est, se: effect.se, n: users, dof: null, control: a.value, treatment: b.value });
}

/** Means of an arm's figures, and their covariance as means. */
function momentsOf(arm: ArmSums): { readonly means: readonly number[]; readonly cov: Matrix } {
  const { n } = arm;
  switch (arm.type) {
    case 'prop': {
      const share = arm.sum / n;
      return { means: [share], cov: [[(share * (1 - share)) / n]] };
    }
    case 'mean':
      return { means: [arm.sum / n], cov: [[sampleVariance(n, arm.sum, arm.sumSquares) / n]] };
    case 'ratio': {
      const between = sampleCovariance(n, { a: arm.mSum, b: arm.dSum, ab: arm.mdSum }) / n;
      const ofM = sampleVariance(n, arm.mSum, arm.mSumSquares) / n;
      const ofD = sampleVariance(n, arm.dSum, arm.dSumSquares) / n;
      return {
        means: [arm.mSum / n, arm.dSum / n],
        cov: [
          [ofM, between],
          [between, ofD],
        ],
      };
    }
  }
}

/** The arms' covariances in one matrix; between arms there is none. */
function blocks(a: Matrix, b: Matrix): Matrix {
  const none = a.map(() => 0);
  return [...a.map((row) => [...row, ...none]), ...b.map((row) => [...none, ...row])];
}

/** The figure of the arm whose means begin at `from`, and how it moves with all means; null for a ratio to nothing. */
function figureOf(means: readonly number[], from: number) {
  const slope = means.map(() => 0);
  const m = means[from] ?? 0;
  if (means.length === 2) {
    slope[from] = 1;
    return { value: m, slope };
  }
  const d = means[from + 1] ?? 0;
  if (d === 0) return null;
  slope[from] = 1 / d;
  slope[from + 1] = -m / d ** 2;
  return { value: m / d, slope };
}
