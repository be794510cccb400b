import type { Clock } from '../../ports/clock.ts';

/** After calls that failed one after the other: the first pause, and the longest; each is twice the one before. */
const PAUSE_MS = { first: 1_000, most: 60_000 };

/** When somebody who fails may be asked again. */
export interface BackOff {
  /** Monotonic; in the past where nothing is in the way. */
  readonly untilMs: number;
  /** True for the first of several failures in a row. */
  failed(): boolean;
  succeeded(): void;
}

export function createBackOff(clock: Clock): BackOff {
  let untilMs = Number.NEGATIVE_INFINITY;
  let inARow = 0;
  return {
    get untilMs() {
      return untilMs;
    },
    failed() {
      untilMs = clock.monotonicMs() + Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** inARow);
      inARow += 1;
      return inARow === 1;
    },
    succeeded() {
      untilMs = Number.NEGATIVE_INFINITY;
      inARow = 0;
    },
  };
}
