import type { JudgePrompt } from '../../domain/judge-prompt.ts';

/** Answers that may wait; what the judge is to be shown of each is some 10,000 characters at most. */
const MAX_WAITING = 1_000;

export interface WaitingAnswer {
  readonly requestId: string;
  readonly sessionInstance: string;
  readonly prompt: JudgePrompt;
  /** Monotonic milliseconds. */
  readonly dueMs: number;
  readonly callsMade: number;
}

/** Answers in the order in which they are due; what was tried in vain comes first. */
export interface WaitingAnswers {
  /** False where it would be too many. */
  add(one: WaitingAnswer): boolean;
  /** Of one that was taken. */
  putBack(one: WaitingAnswer): void;
  readonly first: WaitingAnswer | undefined;
  /** Removes the first. */
  take(): void;
  /** Removes what is about the request or the session; gives how many those were. */
  withdraw(requestId: string | null, sessionInstance: string | null): number;
  readonly size: number;
}

export function createWaitingAnswers(maxWaiting = MAX_WAITING): WaitingAnswers {
  const inOrder = new Map<string, WaitingAnswer>(); // by request
  const again: WaitingAnswer[] = []; // no more than are taken at the same time
  const first = (): WaitingAnswer | undefined => again[0] ?? inOrder.values().next().value;
  return {
    add(one) {
      if (inOrder.size >= maxWaiting) return false;
      inOrder.set(one.requestId, one);
      return true;
    },
    putBack: (one) => void again.push(one),
    get first() {
      return first();
    },
    take() {
      if (again.shift() === undefined) inOrder.delete(first()?.requestId ?? '');
    },
    withdraw(requestId, sessionInstance) {
      const before = inOrder.size;
      for (const one of inOrder.values())
        if (one.requestId === requestId || one.sessionInstance === sessionInstance)
          inOrder.delete(one.requestId);
      return before - inOrder.size;
    },
    get size() {
      return inOrder.size + again.length;
    },
  };
}
