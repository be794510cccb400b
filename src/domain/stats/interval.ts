/** What is claimed: that treatment differs from the null value, lies above it, or below. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/** Open ends are infinite. */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** The interval that goes with a test: values that it would not reject. */
export function intervalFor(est: number, half: number, alternative: Alternative): Interval {
  return {
    lo: alternative === 'less' ? Number.NEGATIVE_INFINITY : est - half,
    hi: alternative === 'greater' ? Number.POSITIVE_INFINITY : est + half,
  };
}

export const sidesOf = (alternative: Alternative): 1 | 2 => (alternative === 'two-sided' ? 2 : 1);

/** A statistic turned so that larger speaks more for the alternative. */
export function towards(alternative: Alternative, z: number): number {
  if (alternative === 'two-sided') return Math.abs(z);
  return alternative === 'greater' ? z : -z;
}
