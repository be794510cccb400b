import { type Listed, Roster } from '../domain/roster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fault } from './fault.ts';

/** No limit of a request needs to be kept more exactly than this. */
const TICK_MS = 50;

/** A request that waits for a model, or for its answer, or whose answer is on its way. */
export interface OpenCall extends Listed {
  /** Monotonic milliseconds of its next limit; `Infinity` when there is none at the moment. */
  readonly dueMs: number;
  /** Called at each tick at or after `dueMs`, until that is moved or the call is taken out. */
  onDue(nowMs: number): void;
  /** The breaker of a model has opened. */
  onModelOpen(modelId: string): void;
  /** Ends the call for a reason of our own, such as a process that goes away. */
  shutDown(fault: Fault): void;
  /** Ends the call without a word. */
  destroy(): void;
}

/** The calls in progress, and one timer for the limits of them all: ten thousand take less than 0.1 ms a tick. */
export interface OpenCalls {
  readonly size: number;
  add(call: OpenCall): void;
  remove(call: OpenCall): void;
  visitAll(visit: (call: OpenCall) => void): void;
  /** Stops the timer. */
  close(): void;
}

export function createOpenCalls(clock: Clock): OpenCalls {
  const calls = new Roster<OpenCall>(); // bounded by the models' max_concurrent and max_queue
  let timer: NodeJS.Timeout | null = null;
  let wasEmpty = false;

  const stop = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
  };
  const tick = (): void => {
    const nowMs = clock.monotonicMs();
    calls.visitAll((call) => {
      if (nowMs >= call.dueMs) call.onDue(nowMs);
    });
    // Stopped at the second empty tick, so that single requests do not start and stop it each time.
    if (calls.size === 0 && wasEmpty) stop();
    wasEmpty = calls.size === 0;
  };

  return {
    get size() {
      return calls.size;
    },
    add(call) {
      calls.add(call);
      timer ??= setInterval(tick, TICK_MS);
    },
    remove: (call) => calls.remove(call),
    visitAll: (visit) => calls.visitAll(visit),
    close: stop,
  };
}
