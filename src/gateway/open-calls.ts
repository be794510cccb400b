import type { Clock } from '../ports/clock.ts';
import type { Fault } from './fault.ts';

/** No limit of a request needs to be kept more exactly than this. */
const TICK_MS = 50;

/** A request that waits for a model, or for its answer, or whose answer is on its way. */
export interface OpenCall {
  /** Monotonic milliseconds of its next limit; `Infinity` when there is none at the moment. */
  readonly dueMs: number;
  /** Where it stands in the list, which alone writes it. */
  place: number;
  /** Called at each tick at or after `dueMs`, until that is moved or the call is taken out. */
  onDue(nowMs: number): void;
  /** Ends the call for a reason of our own, such as a process that goes away. */
  shutDown(fault: Fault): void;
  /** Ends the call without a word. */
  destroy(): void;
}

/**
 * The calls in progress, and one timer for the limits of them all: a walk over ten thousand costs less than 0.1 ms
 * a tick. A list, not a `Set`: each time a `Set` grows or shrinks, V8 leaves the old table pointing at the new one, and
 * once one such table is old enough, everything that was ever in a later one survives until the next full collection
 * (30 ms a scavenge instead of 0.7).
 */
export interface OpenCalls extends Iterable<OpenCall> {
  readonly size: number;
  add(call: OpenCall): void;
  remove(call: OpenCall): void;
  /** Stops the timer. */
  close(): void;
}

export function createOpenCalls(clock: Clock): OpenCalls {
  const calls: OpenCall[] = []; // bounded by the models' max_concurrent and max_queue
  let timer: NodeJS.Timeout | null = null;
  let wasEmpty = false;

  const stop = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
  };
  const tick = (): void => {
    const nowMs = clock.monotonicMs();
    // Backwards: whoever takes the place of a call that ends meanwhile has been looked at.
    for (let at = calls.length - 1; at >= 0; at -= 1) {
      const call = calls[at];
      if (call !== undefined && nowMs >= call.dueMs) call.onDue(nowMs);
    }
    // Stopped at the second empty tick, so that single requests do not start and stop it each time.
    if (calls.length === 0 && wasEmpty) stop();
    wasEmpty = calls.length === 0;
  };

  return {
    get size() {
      return calls.length;
    },
    add(call) {
      call.place = calls.push(call) - 1;
      timer ??= setInterval(tick, TICK_MS);
    },
    remove(call) {
      const last = calls.pop();
      if (last === undefined || last === call) return;
      calls[call.place] = last;
      last.place = call.place;
    },
    [Symbol.iterator]: () => [...calls].values(),
    close: stop,
  };
}
