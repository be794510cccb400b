/** Why a question of statistics has no answer. Each is a status of its own: no answer is never shown as a zero. */
export type StatsFailure =
  /** Fewer than two users in an arm, no users at all, or a rank beyond the values. */
  | 'insufficient_data'
  /** Nothing varies, so nothing can be said about chance. */
  | 'zero_variance'
  /** Sums that no set of numbers has, such as Σx² < (Σx)²/n. */
  | 'negative_variance'
  | 'zero_denominator'
  /** A relative difference to nothing. */
  | 'baseline_zero'
  /** A logarithm of nothing, in either arm. */
  | 'baseline_nonpositive'
  | 'baseline_not_separated_from_zero'
  /** Not a number, infinite, negative where only counts fit, or a sum above its count. */
  | 'invalid_input'
  | 'units_in_zero_weight_arm'
  | 'insufficient_users'
  | 'sparse_counts'
  | 'unstable_denominator'
  | 'insufficient_tail';

/** A status or numbers, never both: who reads the numbers has seen that there are some. */
export type Outcome<T> = (T & { readonly status: 'ok' }) | { readonly status: StatsFailure };

export const failed = (status: StatsFailure): { readonly status: StatsFailure } => ({ status });

/** The numbers as an outcome. What is not a number came from input that nobody foresaw, and is no answer. */
export function ok<T extends object>(numbers: T): Outcome<T> {
  const isSound = Object.values(numbers).every((value) => !Number.isNaN(value));
  return isSound ? { ...numbers, status: 'ok' } : failed('invalid_input');
}

/** Whether all are finite and none is negative: what counts, weights and sums of squares are. */
export function areCounts(...values: readonly number[]): boolean {
  return values.every((value) => Number.isFinite(value) && value >= 0);
}

/** Whether it lies strictly between 0 and 1, as levels, powers and shares do. */
export function isShare(value: number): boolean {
  return value > 0 && value < 1;
}
