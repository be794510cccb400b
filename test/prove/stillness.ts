const TICK_MS = 1_000;

/** Notices that the whole machine was stopped, as virtual machines are: limits in time then mean nothing. */
export interface Stillness {
  /** The longest stop since the last call, in seconds. */
  takeSeconds(): number;
  stop(): void;
}

export function watchStillness(): Stillness {
  let lastMs = performance.now();
  let longestMs = 0;
  const look = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - TICK_MS);
    lastMs = nowMs;
  };
  const timer = setInterval(look, TICK_MS);
  return {
    takeSeconds() {
      look();
      const seconds = longestMs / 1000;
      longestMs = 0;
      return seconds;
    },
    stop: () => clearInterval(timer),
  };
}
