import { normalQuantile } from './distributions.ts';
import { areCounts, failed, isShare, type Outcome, ok } from './outcome.ts';
import { type Power, powerOf } from './power.ts';

/** A metric of all users, split evenly over `variations`, of which two are compared on the relative scale. */
export interface RelativeDesign {
  readonly mean: number;
  /** Of one user. */
  readonly variance: number;
  readonly users: number;
  readonly variations: number;
  readonly alpha?: number;
}

/** Squared standard error of a relative effect is this × (1 + (1 + effect)²) (GrowthBook, `shared/src/power`). */
function unitVariance({ mean, variance, users, variations }: RelativeDesign): number | null {
  const isSound = areCounts(variance, users, variations) && Number.isFinite(mean) && mean !== 0;
  return isSound && variance > 0 && users > 0 && variations >= 2
    ? (variance * variations) / (users * mean ** 2)
    : null;
}

/** Probability that one two-sided look finds a relative effect. Fails with `invalid_input`. */
export function powerOfRelative(design: RelativeDesign, effect: number): Outcome<Power> {
  const unit = unitVariance(design);
  if (unit === null || !Number.isFinite(effect)) return failed('invalid_input');
  return powerOf({ effect, se: Math.sqrt(unit * (1 + (1 + effect) ** 2)), alpha: design.alpha ?? 0.05 });
}

/**
 * The smallest relative effect that is found with `power`: the root e of e² = z²·u·(1 + (1 + e)²).
 * Fails with `invalid_input`, and `insufficient_users` when no effect, however large, would be found.
 */
export function smallestRelativeEffect(
  design: RelativeDesign,
  power = 0.8,
): Outcome<{ readonly effect: number }> {
  const unit = unitVariance(design);
  const { alpha = 0.05 } = design;
  if (unit === null || !isShare(alpha) || !isShare(power)) return failed('invalid_input');
  const scaled = (normalQuantile(power) - normalQuantile(alpha / 2)) ** 2 * unit;
  if (scaled >= 1) return failed('insufficient_users');
  return ok({ effect: (scaled + Math.sqrt(scaled * (2 - scaled))) / (1 - scaled) });
}
