import { chiSquareSf, gammaLn } from './distributions.ts';
import { areCounts, failed, type Outcome, ok, type StatsFailure } from './outcome.ts';

/** Fewer expected users than this in an arm, and the chi-square distribution does not fit. */
const MIN_EXPECTED = 5;
/** How strongly the alternative clings to the planned shares. 10,000, as published with ssrm, hardly notices 45/55. */
const CONCENTRATION = 300;

/** Below these the arms were not filled as planned, and nothing that they say can be trusted. */
export const SAMPLE_RATIO_ALARM = { chiSquare: 0.001, evidence: 0.01 } as const;

export interface ChiSquareRatio {
  readonly chi2: number;
  readonly dof: number;
  readonly minExpected: number;
  readonly p: number;
}

/**
 * Whether users fell into the arms in the planned shares, by Pearson's chi-square. For one look; alarm at p < 0.001. Arms
 * of weight zero must be empty and are left out, degrees of freedom included.
 * Fails with `invalid_input`, `units_in_zero_weight_arm`, `insufficient_data` (fewer than 5 expected in an arm).
 */
export function checkSampleRatio(
  observed: readonly number[],
  weights: readonly number[],
): Outcome<ChiSquareRatio> {
  const failure = ratioFailure([observed], weights);
  if (failure !== null) return failed(failure);
  const users = sum(observed);
  const arms = sharesOf(weights);
  const minExpected = Math.min(...arms.map(({ share }) => share * users));
  if (minExpected < MIN_EXPECTED) return failed('insufficient_data');
  const chi2 = sum(
    arms.map(({ index, share }) => ((observed[index] ?? 0) - share * users) ** 2 / (share * users)),
  );
  const dof = arms.length - 1;
  return ok({ chi2, dof, minExpected, p: chiSquareSf(chi2, dof) });
}

export interface RatioEvidence {
  /** ln of the evidence that the present totals give against the planned shares. */
  readonly logE: number;
  /** Smallest 1 ÷ E of all looks, at most 1. */
  readonly p: number;
}

export interface RatioEvidenceOptions {
  readonly concentration?: number;
  /** Parameters of the alternative, one an arm, instead of concentration × share. */
  readonly dirichlet?: readonly number[];
}

/**
 * The same question, asked as often as one likes: a Dirichlet-multinomial e-value,
 * ln E = lnΓ(c) − Σ lnΓ(c·p) + Σ lnΓ(c·p + n) − lnΓ(c + N) − Σ n·ln p; alarm at p < 0.01. `increments` are the users that
 * came between looks, oldest first, a list of counts by arm each. Source: Lindon, Malek, "Anytime-valid inference for
 * multinomial count data" (NeurIPS 2022), code optimizely/ssrm.
 * Fails with `invalid_input`, `units_in_zero_weight_arm`.
 */
export function gatherRatioEvidence(
  increments: readonly (readonly number[])[],
  weights: readonly number[],
  { concentration = CONCENTRATION, dirichlet }: RatioEvidenceOptions = {},
): Outcome<RatioEvidence> {
  const failure = ratioFailure(increments, weights);
  if (failure !== null) return failed(failure);
  const arms = sharesOf(weights).map(({ index, share }) => ({
    index,
    share,
    prior: dirichlet === undefined ? concentration * share : (dirichlet[index] ?? Number.NaN),
  }));
  if (!arms.every(({ prior }) => prior > 0 && Number.isFinite(prior))) return failed('invalid_input');
  const totals = weights.map(() => 0);
  let [logE, most] = [0, 0];
  for (const counts of increments) {
    for (const [i, count] of counts.entries()) totals[i] = (totals[i] ?? 0) + count;
    logE = logEvidenceOf(totals, arms);
    most = Math.max(most, logE);
  }
  return ok({ logE, p: Math.exp(-most) });
}

interface PlannedArm {
  readonly index: number;
  readonly share: number;
  readonly prior: number;
}

function logEvidenceOf(totals: readonly number[], arms: readonly PlannedArm[]): number {
  const prior = sum(arms.map((arm) => arm.prior));
  const each = arms.map((arm) => {
    const count = totals[arm.index] ?? 0;
    return gammaLn(arm.prior + count) - gammaLn(arm.prior) - count * Math.log(arm.share);
  });
  return gammaLn(prior) - gammaLn(prior + sum(totals)) + sum(each);
}

/** Arms that were to get users, with their shares of one. */
function sharesOf(weights: readonly number[]): readonly { readonly index: number; readonly share: number }[] {
  const total = sum(weights);
  return weights.flatMap((weight, index) => (weight > 0 ? [{ index, share: weight / total }] : []));
}

function ratioFailure(
  increments: readonly (readonly number[])[],
  weights: readonly number[],
): StatsFailure | null {
  if (!areCounts(...weights) || weights.filter((weight) => weight > 0).length < 2) return 'invalid_input';
  for (const counts of increments) {
    if (counts.length !== weights.length || !areCounts(...counts)) return 'invalid_input';
    if (counts.some((count, i) => count > 0 && weights[i] === 0)) return 'units_in_zero_weight_arm';
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
