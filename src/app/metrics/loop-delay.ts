import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** How late the event loop was, in seconds. */
export interface LoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoopMonitor {
  /** Since it was last asked. */
  take(): LoopDelays;
  close(): void;
}

export function startLoopMonitor(): LoopMonitor {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  // Node counts the time between two ticks of its timer, which is never less than the timer's own.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
  return {
    take() {
      const delays = {
        p50: late(monitor.percentile(50)),
        p99: late(monitor.percentile(99)),
        max: late(monitor.max),
      };
      monitor.reset();
      return delays;
    },
    close: () => void monitor.disable(),
  };
}
