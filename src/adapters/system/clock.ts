import type { Clock } from '../../ports/clock.ts';

/** The machine's own two clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
