/** After calls that failed one after the other: the first pause, and the longest; each is twice the one before. */
const PAUSE_MS = { first: 1_000, most: 60_000 };

/** When somebody who fails may be asked again. */
export interface BackOff {
  /** Monotonic milliseconds; in the past where nothing is in the way. */
  readonly untilMs: number;
  readonly failuresInARow: number;
}

/** Of somebody who does not fail. */
export const NO_BACK_OFF: BackOff = { untilMs: Number.NEGATIVE_INFINITY, failuresInARow: 0 };

/** After one failure more. */
export function backedOff({ failuresInARow }: BackOff, nowMs: number): BackOff {
  const pauseMs = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** failuresInARow);
  return { untilMs: nowMs + pauseMs, failuresInARow: failuresInARow + 1 };
}
