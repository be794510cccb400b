import { criticalZ, mixtureRho, PLANNED_USERS } from './always-valid.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { areCounts, failed, isShare, type Outcome, ok } from './outcome.ts';

/** `fixed` looks once at the end; `sequential` at any time, and needs about twice the users. */
export type Method = 'fixed' | 'sequential';

export interface Design {
  readonly method?: Method;
  readonly alpha?: number;
  readonly power?: number;
  readonly sides?: 1 | 2;
  /** Users of both arms that a sequential test is tuned for; default: those that it has. */
  readonly plannedUsers?: number;
}

export interface SampleSizeInput extends Design {
  /** The smallest difference that must not be missed, on the scale of the variances. */
  readonly effect: number;
  /** Variance of one user; that of a ratio is `Estimate.variance`. */
  readonly varControl: number;
  readonly varTreatment?: number;
  /** Users of control ÷ users of treatment. */
  readonly allocation?: number;
}

export interface SampleSize {
  readonly control: number;
  readonly treatment: number;
  readonly total: number;
  /** Users of treatment before rounding up. */
  readonly treatmentExact: number;
}

/** The largest experiment that is looked for, in users of treatment. */
const MOST_USERS = 1e15;

/**
 * Users for a given effect: n_B = (z_{1−α/sides} + z_power)²(v_A ÷ κ + v_B) ÷ D², n_A = κ·n_B (Lachin 1981). Sequential: the
 * smallest n at which D ÷ se(n) = z*(n·ρ²) + z_power, the power of the last look alone; that of all looks is higher.
 * Fails with `invalid_input` (an effect of zero needs infinitely many), `zero_variance`.
 */
export function sampleSize(input: SampleSizeInput): Outcome<SampleSize> {
  const { effect, varControl, varTreatment = varControl, allocation = 1 } = input;
  const { method = 'fixed', alpha = 0.05, power = 0.8, sides = 2, plannedUsers } = input;
  if (!areCounts(varControl, varTreatment, allocation) || !isShare(alpha) || !isShare(power)) {
    return failed('invalid_input');
  }
  if (!Number.isFinite(effect) || effect === 0 || allocation === 0) return failed('invalid_input');
  const spread = varControl / allocation + varTreatment;
  if (spread === 0) return failed('zero_variance');
  const usersAt = (critical: number): number =>
    ((critical + normalQuantile(power)) ** 2 * spread) / effect ** 2;
  const exact =
    method === 'fixed'
      ? usersAt(-normalQuantile(alpha / sides))
      : sequentialUsers({ usersAt, allocation, alpha, sides, plannedUsers });
  if (exact === null || !(exact < MOST_USERS)) return failed('invalid_input');
  return ok({
    control: Math.ceil(allocation * exact),
    treatment: Math.ceil(exact),
    total: Math.ceil((1 + allocation) * exact),
    treatmentExact: exact,
  });
}

interface SequentialSearch {
  readonly usersAt: (critical: number) => number;
  readonly allocation: number;
  readonly alpha: number;
  readonly sides: 1 | 2;
  readonly plannedUsers: number | undefined;
}

function sequentialUsers(search: SequentialSearch): number | null {
  const { usersAt, allocation, alpha, sides, plannedUsers } = search;
  const rho = mixtureRho(alpha, plannedUsers ?? 1, sides);
  if (rho === null) return null;
  // Tuned for its own end, k does not depend on n.
  if (plannedUsers === undefined) return usersAt(criticalZ(rho ** 2, alpha, sides));
  const isEnough = (n: number) => n >= usersAt(criticalZ(n * (1 + allocation) * rho ** 2, alpha, sides));
  let [low, high] = [0, 1];
  while (!isEnough(high) && high < MOST_USERS) [low, high] = [high, high * 2];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether an effect of a known standard error would be found. */
export interface PowerInput extends Pick<Design, 'method' | 'alpha' | 'sides' | 'plannedUsers'> {
  readonly effect: number;
  readonly se: number;
  /** Users of both arms; needed by a sequential test. */
  readonly n?: number;
}

export interface Power {
  readonly power: number;
  readonly zCritical: number;
}

/**
 * Probability that one look finds the effect: Φ(|D| ÷ se − z) + Φ(−|D| ÷ se − z), the second term two-sided only.
 * Fails with `invalid_input`, `zero_variance`.
 */
export function powerOf(input: PowerInput): Outcome<Power> {
  const {
    effect,
    se,
    n = 0,
    method = 'fixed',
    alpha = 0.05,
    sides = 2,
    plannedUsers = PLANNED_USERS,
  } = input;
  if (!Number.isFinite(effect) || !areCounts(se) || !isShare(alpha)) return failed('invalid_input');
  if (se === 0) return failed('zero_variance');
  const zCritical = criticalFor({ method, alpha, sides, n, plannedUsers });
  if (zCritical === null) return failed('invalid_input');
  const z = Math.abs(effect) / se;
  const power = normalCdf(z - zCritical) + (sides === 2 ? normalCdf(-z - zCritical) : 0);
  return ok({ power, zCritical });
}

export interface SmallestEffectInput extends Design {
  readonly control: number;
  readonly treatment: number;
  readonly varControl: number;
  readonly varTreatment?: number;
}

/**
 * The smallest effect that so many users show: (z_α + z_power)·se.
 * Fails with `invalid_input`, `insufficient_data`, `zero_variance`.
 */
export function smallestEffect(
  input: SmallestEffectInput,
): Outcome<{ readonly effect: number; readonly se: number }> {
  const { control, treatment, varControl, varTreatment = varControl } = input;
  const n = control + treatment;
  const { method = 'fixed', alpha = 0.05, power = 0.8, sides = 2, plannedUsers = n } = input;
  if (!areCounts(control, treatment, varControl, varTreatment) || !isShare(alpha) || !isShare(power)) {
    return failed('invalid_input');
  }
  if (control < 2 || treatment < 2) return failed('insufficient_data');
  const se = Math.sqrt(varControl / control + varTreatment / treatment);
  if (se === 0) return failed('zero_variance');
  const critical = criticalFor({ method, alpha, sides, n, plannedUsers });
  return critical === null
    ? failed('invalid_input')
    : ok({ effect: (critical + normalQuantile(power)) * se, se });
}

function criticalFor({
  method,
  alpha,
  sides,
  n,
  plannedUsers,
}: Required<Pick<Design, 'method' | 'alpha' | 'sides' | 'plannedUsers'>> & { n: number }): number | null {
  if (method === 'fixed') return -normalQuantile(alpha / sides);
  const rho = mixtureRho(alpha, plannedUsers, sides);
  return rho === null || !(n > 0) ? null : criticalZ(n * rho ** 2, alpha, sides);
}
