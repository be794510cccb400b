import { deriveFacts, type Facts, type Told } from './derive.ts';
import { createRecentMap } from './recent-map.ts';

/** Requests that may wait for their facts, and the characters of answers that they may hold meanwhile. */
const MAX_WAITING = 2_000;
const MAX_WAITING_CHARS = 16 * 1024 * 1024;
/** Sessions whose last message is remembered, with at most `MAX_MESSAGE_CHARS` each. */
const MAX_SESSIONS = 10_000;
/** Answers that end together have left by then. */
const DELAY_MS = 5;
/** A slice ends with the first step that passes it. */
const SLICE_MS = 1;
/** At the end of the process; what then still waits is counted as dropped. */
const FINISH_MS = 500;

export interface Derivation {
  /** Takes a request; beyond the limits it is counted and let go. Well below a microsecond. */
  add(told: Told): void;
  /** Works off what waits, at once, within a time limit. */
  finish(): void;
  /** Forgets what was said last in these sessions. */
  forget(instances: ReadonlySet<string>): void;
  readonly waiting: number;
  /** Requests whose facts were not looked for since the start. */
  readonly dropped: number;
}

export interface DerivationOptions {
  keep(facts: Facts): void;
  onFault(error: unknown, told: Told): void;
  monotonicMs(): number;
  readonly maxWaiting?: number;
  /** Runs `work` later: at the first time after a while, then whenever the event loop had its turn. */
  readonly defer?: (work: () => void, isFirst: boolean) => void;
}

/** Finds what texts tell, off the path of requests: one after the other, in slices that leave the event loop free. */
export function createDerivation(options: DerivationOptions): Derivation {
  const { keep, onFault, monotonicMs, maxWaiting = MAX_WAITING, defer = later } = options;
  const lastMessages = createRecentMap<string, string>(MAX_SESSIONS);
  const queue: Told[] = [];
  let next = 0; // of the queue, which is shortened when half of it is done
  let chars = 0;
  let dropped = 0;
  let isRunning = false;
  let steps: { readonly of: Told; readonly run: Iterator<void, Facts | null> } | null = null;

  const take = (): Told | undefined => {
    const told = queue[next];
    if (told === undefined) return undefined;
    next += 1;
    chars -= charsOf(told);
    if (next * 2 > queue.length) {
      queue.splice(0, next);
      next = 0;
    }
    return told;
  };
  /** One step of the request at hand, or of the next one; false when nothing is left. */
  const step = (): boolean => {
    if (steps === null) {
      const told = take();
      if (told === undefined) return false;
      steps = { of: told, run: deriveFacts(told, lastMessages) };
    }
    const { of, run } = steps;
    try {
      const { done, value } = run.next();
      if (!done) return true;
      steps = null;
      if (value) keep(value);
    } catch (error) {
      steps = null;
      dropped += 1;
      onFault(error, of);
    }
    return true;
  };
  const slice = (forMs: number): boolean => {
    const untilMs = monotonicMs() + forMs;
    while (step()) if (monotonicMs() >= untilMs) return true;
    return false;
  };
  const run = (): void => {
    isRunning = slice(SLICE_MS);
    if (isRunning) defer(run, false);
  };

  return {
    add(told) {
      const size = charsOf(told);
      if (queue.length - next >= maxWaiting || chars + size > MAX_WAITING_CHARS) {
        dropped += 1;
        return;
      }
      queue.push(told);
      chars += size;
      if (isRunning) return;
      isRunning = true;
      defer(run, true);
    },
    finish() {
      if (!slice(FINISH_MS)) return;
      dropped += queue.length - next + (steps === null ? 0 : 1);
      queue.length = 0;
      next = 0;
      steps = null;
    },
    forget: (instances) => lastMessages.remove((_, instance) => instances.has(instance)),
    get waiting() {
      return queue.length - next;
    },
    get dropped() {
      return dropped;
    },
  };
}

function charsOf({ firstAnswer }: Told): number {
  return firstAnswer?.length ?? 0;
}

function later(work: () => void, isFirst: boolean): void {
  if (isFirst) setTimeout(work, DELAY_MS).unref();
  else setImmediate(work);
}
