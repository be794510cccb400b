import type { Clock } from '../ports/clock.ts';

/** No limit of a request needs to be kept more exactly than this. */
const TICK_MS = 50;

/** Something with a limit in time. Moving the limit is a write to a field: nothing is registered again. */
export interface Timed {
  /** Monotonic milliseconds; `Infinity` when there is no limit at the moment. */
  dueMs: number;
  /** Called at each tick at or after `dueMs`, until it is moved or taken out. */
  onDue(nowMs: number): void;
}

/** One timer for the limits of all requests: a walk over ten thousand of them costs less than 0.1 ms a tick. */
export interface Deadlines {
  add(timed: Timed): void;
  remove(timed: Timed): void;
  close(): void;
}

export function createDeadlines(clock: Clock): Deadlines {
  const running = new Set<Timed>(); // bounded by the open requests
  let timer: NodeJS.Timeout | null = null;
  let wasEmpty = false;

  const stop = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
  };

  const tick = (): void => {
    const nowMs = clock.monotonicMs();
    for (const timed of running) if (nowMs >= timed.dueMs) timed.onDue(nowMs);
    // Stopped at the second empty tick, so that single requests do not start and stop it each time.
    if (running.size === 0 && wasEmpty) stop();
    wasEmpty = running.size === 0;
  };

  return {
    add(timed) {
      running.add(timed);
      timer ??= setInterval(tick, TICK_MS);
    },
    remove: (timed) => void running.delete(timed),
    close() {
      running.clear();
      stop();
    },
  };
}
