import { type Effect, effectFailure } from './contrast.ts';
import { normalQuantile, normalSf, tQuantile, tSf } from './distributions.ts';
import { type Alternative, type Interval, intervalFor, sidesOf, towards } from './interval.ts';
import { failed, isShare, type Outcome, ok } from './outcome.ts';

export interface FixedOptions {
  readonly alpha?: number;
  readonly alternative?: Alternative;
  /** What the effect is tested against, on the effect's own scale. */
  readonly nullValue?: number;
  /** `t` (Welch) where the effect has degrees of freedom. */
  readonly dist?: 't' | 'z';
}

export interface FixedTest extends Interval {
  readonly est: number;
  readonly se: number;
  readonly dof: number | null;
  readonly stat: number;
  readonly p: number;
}

/**
 * Welch's t test, or a z test. Valid for ONE look at a time fixed before the start; looked at again and again it finds a
 * difference where there is none in a third of all experiments. For looks at any time see `testAnyTime`.
 * Fails with `invalid_input`, `zero_variance`.
 */
export function testOnce(
  effect: Pick<Effect, 'est' | 'se' | 'dof'>,
  { alpha = 0.05, alternative = 'two-sided', nullValue = 0, dist = 't' }: FixedOptions = {},
): Outcome<FixedTest> {
  const failure = effectFailure(effect);
  if (failure !== null) return failed(failure);
  if (!isShare(alpha)) return failed('invalid_input');
  const { est, se } = effect;
  const dof = dist === 't' ? effect.dof : null;
  const stat = (est - nullValue) / se;
  const sides = sidesOf(alternative);
  const turned = towards(alternative, stat);
  const tail = dof === null ? normalSf(turned) : tSf(turned, dof);
  const level = alpha / sides;
  const critical = -(dof === null ? normalQuantile(level) : tQuantile(level, dof));
  return ok({
    est,
    se,
    dof: effect.dof,
    stat,
    p: sides * tail,
    ...intervalFor(est, critical * se, alternative),
  });
}
