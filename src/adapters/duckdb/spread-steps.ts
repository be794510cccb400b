/**
 * Durations are sorted into steps of 1 %: counting steps gives any quantile of ten million values in one pass, and the
 * middle of a step is at most half a percent away from what is in it.
 */
const STEP = Math.log(1.01);
/** A microsecond; less than it is taken for none. */
const LEAST_MS = 0.001;
/** The step of all durations of no time. It stands below every other. */
const NO_TIME = -1_000;

export function stepOf(durationMs: number): number {
  return durationMs < LEAST_MS ? NO_TIME : Math.min(32_767, Math.round(Math.log(durationMs) / STEP));
}

export function middleOf(step: number): number {
  return step === NO_TIME ? 0 : Math.exp(step * STEP);
}
