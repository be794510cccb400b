import { isAlive } from './session.ts';

/** One request of a session instance, as its event tells. Times in epoch milliseconds. */
export interface SessionRequest {
  /** Arrival of the last byte of the request. */
  readonly arrivedMs: number;
  /** The last byte of the answer out. */
  readonly endedMs: number;
  /** Tool turns, regenerations and retries have the number of the round that they belong to. */
  readonly round: number;
  readonly outcome: 'ok' | 'error' | 'refused' | 'client_abort';
}

/** What a session's figures need of its requests: minima, maxima and counts, as an engine can give them too. */
export interface SessionSums {
  readonly firstArrivedMs: number;
  /** Of the request that arrived last; of several at once the one that was written last. */
  readonly lastOutcome: SessionRequest['outcome'];
  /** End of the answer that ended last. */
  readonly lastEndedMs: number;
  /** Different rounds that were seen: one for each user message. */
  readonly rounds: number;
}

/** The client's word that the session is over. */
export interface EndCall {
  readonly atMs: number;
  readonly reason: 'completed' | 'abandoned';
}

export interface SessionOutcome {
  /** How the session closed; null while it may go on, and then it is neither completed nor abandoned yet. */
  readonly endedBy: 'end_call' | 'idle' | null;
  /** When it closed, by the call or by its idle time running out; null while it may go on. */
  readonly closedAtMs: number | null;
  readonly completed: boolean;
  readonly abandoned: boolean;
  /** From the first request's arrival to the end of the last answer. */
  readonly stayMs: number;
  /** Rounds: what `session_depth` counts. */
  readonly depth: number;
}

/** Fewer user messages are a question and an answer, not a task carried through. */
const COMPLETED_MIN_ROUNDS = 3;

/** Adds up the requests of one session instance; of those that arrived together the last of the list is the last. Null for none. */
export function sumUpSession(requests: readonly SessionRequest[]): SessionSums | null {
  const [first] = requests;
  if (!first) return null;
  let last = first;
  let firstArrivedMs = first.arrivedMs;
  let lastEndedMs = first.endedMs;
  const rounds = new Set<number>();
  for (const request of requests) {
    if (request.arrivedMs >= last.arrivedMs) last = request;
    firstArrivedMs = Math.min(firstArrivedMs, request.arrivedMs);
    lastEndedMs = Math.max(lastEndedMs, request.endedMs);
    rounds.add(request.round);
  }
  return { firstArrivedMs, lastOutcome: last.outcome, lastEndedMs, rounds: rounds.size };
}

/**
 * What became of a session (CONTRACT §6). The client's word outranks what the last answer looks like. `idleMs` is the
 * setting `sessions.idle`.
 */
export function outcomeOf(
  sums: SessionSums,
  endCall: EndCall | null,
  time: { readonly nowMs: number; readonly idleMs: number },
): SessionOutcome {
  const { rounds: depth, lastEndedMs, lastOutcome } = sums;
  const stayMs = Math.max(0, lastEndedMs - sums.firstArrivedMs);
  const state = { ended: endCall !== null, running: 0, lastActiveMs: lastEndedMs };
  if (isAlive(state, time.nowMs, time.idleMs)) {
    return { endedBy: null, closedAtMs: null, completed: false, abandoned: false, stayMs, depth };
  }
  const isWhole = lastOutcome === 'ok';
  const saysCompleted = endCall === null ? isWhole : endCall.reason === 'completed';
  const saysAbandoned = endCall === null ? lastOutcome === 'client_abort' : endCall.reason === 'abandoned';
  return {
    endedBy: endCall === null ? 'idle' : 'end_call',
    closedAtMs: endCall?.atMs ?? lastEndedMs + time.idleMs,
    completed: depth >= COMPLETED_MIN_ROUNDS && saysCompleted,
    abandoned: saysAbandoned,
    stayMs,
    depth,
  };
}
