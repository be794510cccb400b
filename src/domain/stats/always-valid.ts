import { type Effect, effectFailure } from './contrast.ts';
import { normalLogCdf } from './distributions.ts';
import { type Alternative, type Interval, intervalFor, sidesOf, towards } from './interval.ts';
import { failed, isShare, type Outcome, ok } from './outcome.ts';

/*
 * Asymptotic confidence sequences by a normal mixture: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
 * central limit theory and asymptotic confidence sequences" (Annals of Statistics 2024), two-sided equation 9, one-sided
 * equation 134, as GrowthBook and Eppo use them. They hold at every look at once, so that looking early and often costs
 * nothing but width.
 */

/** Where nobody can say how many users there will be; a wrong guess costs a few percent of width. */
export const PLANNED_USERS = 5_000;

export interface AnyTimeOptions {
  readonly alpha?: number;
  readonly alternative?: Alternative;
  readonly nullValue?: number;
  /** Users of both arms expected at the planned end: where the interval is tightest. Frozen at the start. */
  readonly plannedUsers?: number;
  /** Given instead of `plannedUsers`. */
  readonly rho?: number;
}

export interface AnyTimeTest extends Interval {
  readonly est: number;
  readonly se: number;
  readonly n: number;
  readonly rho: number;
  readonly k: number;
  readonly z: number;
  readonly zCritical: number;
  /** Half the width of the interval, also where one end is open. */
  readonly half: number;
  /** Falls and rises between looks: the verdict is the smallest so far (keep it), the interval is the present one. */
  readonly p: number;
  /** ln of the evidence against the null value, for e-BH. */
  readonly logE: number;
}

/** ρ = √((L + ln(L + 1)) ÷ N*), L = −2 ln α two-sided, −2 ln 2α one-sided; null where there is none. */
export function mixtureRho(alpha: number, plannedUsers: number, sides: 1 | 2 = 2): number | null {
  if (!isShare(alpha) || !(plannedUsers > 0) || !Number.isFinite(plannedUsers)) return null;
  const length = -2 * Math.log(sides === 2 ? alpha : 2 * alpha);
  return length > 0 ? Math.sqrt((length + Math.log(length + 1)) / plannedUsers) : null;
}

/**
 * How many standard errors a difference must reach at k = N·ρ². Two-sided z* = √((1 + 1/k)(ln(1 + k) − 2 ln α)), one-sided
 * z* = √(2(1 + 1/k) ln(1 + √(1 + k) ÷ 2α)), which is 0.5 % above the exact root and valid for every α.
 */
export function criticalZ(k: number, alpha: number, sides: 1 | 2): number {
  const widening = 1 + 1 / k;
  return sides === 2
    ? Math.sqrt(widening * (Math.log1p(k) - 2 * Math.log(alpha)))
    : Math.sqrt(2 * widening * Math.log1p(Math.sqrt(1 + k) / (2 * alpha)));
}

/** ln of the mixture's e-value at `z` (one-sided: turned so that larger speaks against the null value). */
export function logEvidence(z: number, k: number, sides: 1 | 2): number {
  const gained = (z * z * k) / (2 * (1 + k)) - Math.log1p(k) / 2;
  return sides === 2 ? gained : gained + Math.LN2 + normalLogCdf(z * Math.sqrt(k / (1 + k)));
}

/** The exact root of the one-sided e-value, of which `criticalZ` is a bound; two-sided both are the same. */
export function exactCriticalZ(k: number, alpha: number, sides: 1 | 2): number {
  if (sides === 2) return criticalZ(k, alpha, 2);
  let [low, high] = [0, criticalZ(k, alpha, 1)];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (logEvidence(middle, k, 1) < -Math.log(alpha)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * A test and an interval that may be looked at after every user. `p < alpha` if and only if the interval leaves the null
 * value out. Fails with `invalid_input`, `zero_variance`.
 */
export function testAnyTime(
  effect: Pick<Effect, 'est' | 'se' | 'n'>,
  {
    alpha = 0.05,
    alternative = 'two-sided',
    nullValue = 0,
    plannedUsers = PLANNED_USERS,
    ...given
  }: AnyTimeOptions = {},
): Outcome<AnyTimeTest> {
  const failure = effectFailure(effect);
  if (failure !== null) return failed(failure);
  const { est, se, n } = effect;
  const sides = sidesOf(alternative);
  const rho = given.rho ?? mixtureRho(alpha, plannedUsers, sides);
  if (rho === null || !(rho > 0) || !isShare(alpha) || !(n > 0) || !Number.isFinite(n)) {
    return failed('invalid_input');
  }
  const k = n * rho * rho;
  const z = (est - nullValue) / se;
  const zCritical = criticalZ(k, alpha, sides);
  const half = zCritical * se;
  const turned = towards(alternative, z);
  return ok({
    est,
    se,
    n,
    rho,
    k,
    z,
    zCritical,
    half,
    ...intervalFor(est, half, alternative),
    p: pValue(turned, k, sides),
    logE: logEvidence(turned, k, sides),
  });
}

/** The level at which the interval would just touch the null value. */
function pValue(z: number, k: number, sides: 1 | 2): number {
  const root = Math.sqrt(1 + k);
  const gained = (z * z * k) / (2 * (1 + k));
  if (sides === 2) return Math.min(1, root * Math.exp(-gained));
  return z <= 0 ? 1 : Math.min(1, root / (2 * Math.expm1(gained)));
}
