import { type AnyTimeOptions, testAnyTime } from './always-valid.ts';
import type { Effect } from './contrast.ts';
import { testOnce } from './fixed-horizon.ts';
import type { Interval } from './interval.ts';
import { failed, type Outcome, ok } from './outcome.ts';

export interface HybridOptions extends Omit<AnyTimeOptions, 'rho'> {
  /** Part of `alpha` that is spent on looks before the end; the rest is for the one read at the end. */
  readonly alphaEarly?: number;
  /** Whether the effect is that at the planned end, with the data cut at that time. */
  readonly isFinal?: boolean;
}

export interface HybridTest extends Interval {
  readonly est: number;
  readonly se: number;
  readonly pSequential: number;
  /** Whether the difference was clear before the end. */
  readonly rejectEarly: boolean;
  /** Null before the end: a fixed read that happens early is no read. */
  readonly pFixed: number | null;
  readonly reject: boolean;
  /** The level that the interval belongs to. */
  readonly alphaUsed: number;
}

/**
 * The reading of a primary metric: always-valid at `alphaEarly` until the end that was fixed before the start, then one
 * fixed-horizon read at the rest. By the union bound the false alarms stay below alpha; the power is nearly that of a
 * fixed test. An experiment that is extended goes on with the sequential part alone.
 * Fails with `invalid_input`, `zero_variance`.
 */
export function readHybrid(effect: Effect, options: HybridOptions = {}): Outcome<HybridTest> {
  const { alpha = 0.05, alphaEarly = 0.01, isFinal = false, ...test } = options;
  const alphaLate = alpha - alphaEarly;
  if (!(alphaLate > 0)) return failed('invalid_input');
  const early = testAnyTime(effect, { ...test, alpha: alphaEarly });
  if (early.status !== 'ok') return early;
  const late = testOnce(effect, { ...test, alpha: alphaLate });
  if (late.status !== 'ok') return late;
  const rejectEarly = early.p < alphaEarly;
  const { lo, hi } = isFinal ? late : early;
  return ok({
    est: effect.est,
    se: effect.se,
    pSequential: early.p,
    rejectEarly,
    pFixed: isFinal ? late.p : null,
    reject: rejectEarly || (isFinal && late.p < alphaLate),
    alphaUsed: isFinal ? alphaLate : alphaEarly,
    lo,
    hi,
  });
}
