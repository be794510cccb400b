import type { Reading } from './gate-evidence.ts';
import type { Moment } from './input.ts';
import { blocksOf, FREEZING, type RolloutClock, type RolloutState } from './state.ts';

/** How often a rollout is looked at, where nobody says otherwise. */
export const TICK_MS = 10_000;
/** A longer silence was not observed: it earns no more than so many ticks. */
const MOST_CREDIT_TICKS = 2;
/** Times in a row that metrics may fail before it is told as a hold. */
export const MOST_READ_ERRORS = 4;

/**
 * The clock after a look: observed time, never more than two ticks of it however long nobody looked, none while a block
 * freezes it, and none for a clock that was set back.
 */
export function credited(
  state: RolloutState,
  { nowMs, tickMs }: Pick<Moment, 'nowMs' | 'tickMs'>,
  reading: Reading,
): RolloutClock {
  const { clock, blocks } = state;
  const isFrozen = blocksOf(blocks).some((block) => FREEZING.includes(block));
  const passedMs = clock.tickedAtMs === null ? 0 : nowMs - clock.tickedAtMs;
  const creditMs = isFrozen ? 0 : Math.min(Math.max(0, passedMs), MOST_CREDIT_TICKS * tickMs);
  return {
    ...clock,
    holdMs: clock.holdMs + creditMs,
    quietMs: clock.quietMs + creditMs,
    waitedMs: clock.waitedMs + creditMs,
    tickedAtMs: nowMs,
    readErrors: reading.status === 'failed' ? clock.readErrors + 1 : 0,
  };
}
