import { normalQuantile } from './distributions.ts';
import type { Estimate } from './estimate.ts';
import type { Interval } from './interval.ts';
import { failed, isShare, type Outcome, ok } from './outcome.ts';

export interface FiellerRatio extends Interval {
  /** B ÷ A − 1. */
  readonly est: number;
  /** How unsure the control is of not being zero: from 1 on there is no interval. */
  readonly g: number;
}

/**
 * Fieller's interval for (B − A) ÷ A, a cross-check of the log scale. `critical` may be that of an always-valid test.
 * Fails with `invalid_input`, `baseline_zero`, `baseline_not_separated_from_zero`, `zero_variance`.
 */
export function fiellerRatio(
  control: Estimate,
  treatment: Estimate,
  { alpha = 0.05, critical }: { readonly alpha?: number; readonly critical?: number } = {},
): Outcome<FiellerRatio> {
  if (!isShare(alpha)) return failed('invalid_input');
  const z = critical ?? -normalQuantile(alpha / 2);
  if (control.est === 0) return failed('baseline_zero');
  if (control.se === 0 && treatment.se === 0) return failed('zero_variance');
  const g = (z * control.se) ** 2 / control.est ** 2;
  if (g >= 1) return failed('baseline_not_separated_from_zero');
  const ratio = treatment.est / control.est;
  const spread = treatment.se ** 2 + (ratio * control.se) ** 2 - g * treatment.se ** 2;
  const half = (z / Math.abs(control.est)) * Math.sqrt(spread);
  return ok({ est: ratio - 1, g, lo: (ratio - half) / (1 - g) - 1, hi: (ratio + half) / (1 - g) - 1 });
}
