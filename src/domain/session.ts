/** What one request says about its place in the conversation. */
export interface TurnFacts {
  readonly userMessages: number;
  readonly assistantMessages: number;
  /** True when the last message is the user's. */
  readonly endsWithUser: boolean;
  /** Stands for the text of the last user message; equal texts have equal marks. */
  readonly lastUserMark: number;
  /** The client says that it repeats a request (`x-stainless-retry-count` above 0). */
  readonly isRetry: boolean;
}

/** What is remembered of a running conversation. Times in monotonic milliseconds. */
export interface SessionState {
  readonly round: number;
  readonly userMessages: number;
  /** Null for a session that was taken over from an earlier process, which left no texts. */
  readonly lastUserMark: number | null;
  /** End of the last answer, or arrival of a request that still runs. */
  readonly lastActiveMs: number;
  readonly running: number;
  readonly ended: boolean;
  /** The last request came to no good end, so that the same message again is a retry. */
  readonly lastFailed: boolean;
}

/** False when a request opens a new instance: the session was ended, or nothing happened for `idleMs`. */
export function isAlive(
  state: Pick<SessionState, 'ended' | 'running' | 'lastActiveMs'>,
  nowMs: number,
  idleMs: number,
): boolean {
  return !state.ended && (state.running > 0 || nowMs - state.lastActiveMs <= idleMs);
}

/**
 * True when a request that was recognised by its fingerprint alone begins a conversation of its own:
 * people open many with the same words. Not so the repetition of a request that failed.
 */
export function opensConversation(state: SessionState, turn: TurnFacts): boolean {
  const loneFirst = turn.userMessages === 1 && turn.assistantMessages === 0 && turn.endsWithUser;
  return loneFirst && !turn.isRetry && !state.lastFailed;
}

/** A round opens with a new user message; tool turns, regenerations and retries stay in theirs. */
export function opensRound(state: SessionState, turn: TurnFacts): boolean {
  if (!turn.endsWithUser || turn.isRetry) return false;
  // Of a client that does not resend the conversation every message is the first.
  if (state.lastUserMark === null)
    return turn.assistantMessages === 0 || turn.userMessages > state.userMessages;
  return turn.userMessages !== state.userMessages || turn.lastUserMark !== state.lastUserMark;
}

/** The round of the first request that Sluice sees of a conversation: its history may be older. */
export function firstRound(turn: TurnFacts): number {
  return Math.max(1, turn.userMessages);
}
