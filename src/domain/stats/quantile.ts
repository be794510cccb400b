import { normalQuantile } from './distributions.ts';
import type { Estimate } from './estimate.ts';
import { areCounts, failed, isShare, type Outcome, ok } from './outcome.ts';

/*
 * A quantile over all requests, where requests of one user are alike: Deng, Knoblich, Lu (2018), section 4. The interval
 * of the share below the quantile is widened by the users' clustering and turned into two ranks; the values at those
 * ranks are the interval of the quantile. Requests that failed count as infinitely slow, or P95 improves by failing.
 */

const Z = -normalQuantile(0.025);

/** Sums over users; a user's `s` is the number of requests at or below the quantile, `n` that of all. */
export interface RankSums {
  readonly users: number;
  readonly requests: number;
  readonly sSum: number;
  readonly sSumSquares: number;
  readonly nSumSquares: number;
  readonly snSum: number;
}

/** Ranks count from 1 over the ascending values. */
export interface QuantileRanks {
  readonly lower: number;
  readonly upper: number;
  /** Standard error of the share at or below the quantile, by user. */
  readonly sigma: number;
  /** σ² ÷ that of independent requests. */
  readonly designEffect: number;
}

/** Rank of the quantile itself: the ⌈n·p⌉-th of n ascending values. */
export function quantileRank(requests: number, p: number): number {
  return Math.max(1, Math.ceil(requests * p));
}

/**
 * The ranks between which the quantile lies with 95 %, ⌊n(p − 1.96σ)⌋ and ⌈n(p + 1.96σ)⌉. With `method` "post_adjust"
 * (GrowthBook, Eppo) the ranks are those of independent requests, and `quantileEstimate` widens their distance.
 * Fails with `invalid_input`, and `insufficient_data` when a rank lies outside or there are fewer than two users.
 */
export function quantileRanks(
  sums: RankSums,
  p: number,
  method: 'direct' | 'post_adjust' = 'direct',
): Outcome<QuantileRanks> {
  const { users, requests, sSum, sSumSquares, nSumSquares, snSum } = sums;
  if (!isShare(p) || !areCounts(...Object.values(sums))) return failed('invalid_input');
  if (users < 2 || requests < 1) return failed('insufficient_data');
  const share = sSum / requests;
  const spread = sSumSquares - 2 * share * snSum + share * share * nSumSquares;
  const sigma = Math.sqrt(((users / (users - 1)) * Math.max(0, spread)) / requests ** 2);
  const independent = Math.sqrt((p * (1 - p)) / requests);
  const half = Z * (method === 'direct' ? sigma : independent);
  const lower = Math.floor(requests * (p - half));
  const upper = Math.ceil(requests * (p + half));
  if (lower < 1 || upper > requests) return failed('insufficient_data');
  return ok({ lower, upper, sigma, designEffect: (sigma / independent) ** 2 });
}

/**
 * The quantile from its value and the values at its ranks; `widening` is √designEffect for "post_adjust", else 1.
 * Fails with `zero_variance` where the ranks hold the same value, `insufficient_data` where the upper one is a failure.
 */
export function quantileEstimate(
  users: number,
  values: { readonly at: number; readonly lower: number; readonly upper: number },
  widening = 1,
): Outcome<Estimate> {
  if (!areCounts(users) || [values.at, values.lower, values.upper].some(Number.isNaN)) {
    return failed('invalid_input');
  }
  if (users < 2 || !Number.isFinite(values.upper)) return failed('insufficient_data');
  const se = (widening * (values.upper - values.lower)) / (2 * Z);
  if (se < 0) return failed('invalid_input');
  return se === 0 ? failed('zero_variance') : ok({ n: users, est: values.at, variance: se * se * users, se });
}

export interface QuantileArm extends Estimate {
  readonly requests: number;
  readonly ranks: QuantileRanks;
}

/** The sums over users for values that are at hand: `users[i]` is whose `values[i]` is. */
export function rankSumsOf(
  values: readonly number[],
  users: readonly (number | string)[],
  quantile: number,
): RankSums {
  const byUser = new Map<number | string, { s: number; n: number }>();
  for (const [i, value] of values.entries()) {
    const user = users[i] ?? '';
    const counts = byUser.get(user) ?? { s: 0, n: 0 };
    byUser.set(user, counts);
    counts.n += 1;
    if (value <= quantile) counts.s += 1;
  }
  const sums = {
    users: byUser.size,
    requests: values.length,
    sSum: 0,
    sSumSquares: 0,
    nSumSquares: 0,
    snSum: 0,
  };
  for (const { s, n } of byUser.values()) {
    sums.sSum += s;
    sums.sSumSquares += s * s;
    sums.nSumSquares += n * n;
    sums.snSum += s * n;
  }
  return sums;
}

/**
 * The p-quantile of values at hand, clustered by user. An engine that holds too many values to hand them over gives
 * `quantileRanks` its sums and `quantileEstimate` the values that it finds.
 * Fails as those do, and with `invalid_input` when users and values do not pair.
 */
export function estimateQuantile(
  values: readonly number[],
  users: readonly (number | string)[],
  { p, method = 'direct' }: { readonly p: number; readonly method?: 'direct' | 'post_adjust' },
): Outcome<QuantileArm> {
  if (values.length !== users.length || values.some(Number.isNaN) || !isShare(p))
    return failed('invalid_input');
  if (values.length === 0) return failed('insufficient_data');
  const sorted = Float64Array.from(values).sort();
  const valueAt = (rank: number): number => sorted[rank - 1] ?? Number.NaN;
  const at = valueAt(quantileRank(values.length, p));
  const sums = rankSumsOf(values, users, at);
  const ranks = quantileRanks(sums, p, method);
  if (ranks.status !== 'ok') return ranks;
  const widening = method === 'direct' ? 1 : Math.sqrt(ranks.designEffect);
  const found = { at, lower: valueAt(ranks.lower), upper: valueAt(ranks.upper) };
  const estimate = quantileEstimate(sums.users, found, widening);
  return estimate.status === 'ok' ? ok({ ...estimate, requests: values.length, ranks }) : estimate;
}

/**
 * A quantile whose 95 % bounds were computed elsewhere over `boundsOf` of its `n` values: variance
 * (boundsOf ÷ n)(n − 1)((upper − lower) ÷ 3.92)² (GrowthBook, `QuantileStatistic`).
 * Fails with `invalid_input`, `insufficient_data`, `zero_variance`.
 */
export function quantileFromBounds(
  n: number,
  bounds: { readonly at: number; readonly lower: number; readonly upper: number },
  boundsOf = n,
): Outcome<Estimate> {
  const { at, lower, upper } = bounds;
  if (!areCounts(n, boundsOf) || ![at, lower, upper].every(Number.isFinite) || lower > upper) {
    return failed('invalid_input');
  }
  if (n < 2) return failed('insufficient_data');
  const variance = (boundsOf / n) * (n - 1) * ((upper - lower) / (2 * Z)) ** 2;
  return variance === 0 ? failed('zero_variance') : ok({ n, est: at, variance, se: Math.sqrt(variance / n) });
}
