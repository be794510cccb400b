/** Something that is served at a fixed interval until it says that it is done. */
export interface Spoke {
  /** Returns false when it needs no more turns. */
  turn(): boolean;
}

export interface StreamWheel {
  add(intervalMs: number, spoke: Spoke): void;
  stop(): void;
}

/** Streams of one interval are spread over so many phases, so that thousands do not all write in one tick. */
const MAX_PHASES = 64;
/** A timer cannot do better. */
const MIN_TICK_MS = 1;

interface Wheel {
  readonly phases: Set<Spoke>[];
  readonly timer: NodeJS.Timeout;
  at: number;
  next: number;
}

/** One timer for each interval in use, instead of one for each of 5,000 open streams. */
export function createStreamWheel(): StreamWheel {
  const wheels = new Map<number, Wheel>();

  const start = (intervalMs: number): Wheel => {
    const count = Math.min(MAX_PHASES, Math.max(1, Math.floor(intervalMs / (4 * MIN_TICK_MS))));
    const tick = (): void => {
      wheel.at = (wheel.at + 1) % count;
      const phase = wheel.phases[wheel.at];
      if (phase) for (const spoke of phase) if (!spoke.turn()) phase.delete(spoke);
      if (wheel.phases.every(({ size }) => size === 0)) {
        clearInterval(wheel.timer);
        wheels.delete(intervalMs);
      }
    };
    const wheel: Wheel = {
      phases: Array.from({ length: count }, () => new Set<Spoke>()),
      timer: setInterval(tick, Math.max(MIN_TICK_MS, intervalMs / count)),
      at: 0,
      next: 0,
    };
    wheels.set(intervalMs, wheel);
    return wheel;
  };

  return {
    add: (intervalMs, spoke) => {
      const wheel = wheels.get(intervalMs) ?? start(intervalMs);
      wheel.phases[wheel.next++ % wheel.phases.length]?.add(spoke);
    },
    stop: () => {
      for (const { timer } of wheels.values()) clearInterval(timer);
      wheels.clear();
    },
  };
}
