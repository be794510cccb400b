import { betaLn, betaSf } from './distributions.ts';
import { areCounts, failed, type Outcome, ok } from './outcome.ts';

export interface EventCounts {
  /** Users of each arm, and those of them with at least one event. */
  readonly control: { readonly users: number; readonly withEvent: number };
  readonly treatment: { readonly users: number; readonly withEvent: number };
}

export interface RareEventOptions {
  /** Risk of treatment ÷ that of control that is still tolerated. */
  readonly ratio?: number;
  /** Beta distribution of the alternative, cut off below the tolerated share. */
  readonly a?: number;
  readonly b?: number;
}

export interface RareEventTest {
  /** Share of the users with an event who would be in treatment at the tolerated ratio. */
  readonly pi0: number;
  readonly logE: number;
  /** Falls and rises between looks: keep the smallest. */
  readonly p: number;
}

/**
 * Whether an event strikes more users of treatment than tolerated; exact, from the first event on and at every look, where
 * tests that need a variance are silent (7 users against 0: p = 0.031). Among users with an event treatment's share is at
 * most π₀ = r·n_B ÷ (r·n_B + n_A); the e-value is the mixture of likelihoods over larger shares against that at π₀:
 * E = B(a + x_B, b + x_A)(1 − I_π₀(a + x_B, b + x_A)) ÷ [B(a, b)(1 − I_π₀(a, b)) π₀^x_B (1 − π₀)^x_A].
 * Needs equal time for both arms. Fails with `invalid_input`, `insufficient_data` (an arm without users).
 */
export function testRareEvent(
  { control, treatment }: EventCounts,
  { ratio = 1, a = 1, b = 1 }: RareEventOptions = {},
): Outcome<RareEventTest> {
  const [xA, xB] = [control.withEvent, treatment.withEvent];
  if (!areCounts(control.users, treatment.users, xA, xB, ratio)) return failed('invalid_input');
  if (xA > control.users || xB > treatment.users || !(ratio > 0 && a > 0 && b > 0))
    return failed('invalid_input');
  if (control.users === 0 || treatment.users === 0) return failed('insufficient_data');
  const pi0 = (ratio * treatment.users) / (ratio * treatment.users + control.users);
  const mixture = betaLn(a + xB, b + xA) + Math.log(betaSf(pi0, a + xB, b + xA));
  const prior = betaLn(a, b) + Math.log(betaSf(pi0, a, b));
  const logE = mixture - prior - xB * Math.log(pi0) - xA * Math.log1p(-pi0);
  return ok({ pi0, logE, p: Math.min(1, Math.exp(-logE)) });
}
