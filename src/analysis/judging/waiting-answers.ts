import type { UnjudgedAnswer } from '../../ports/judging.ts';

/** Answers that may wait, each with at most 10,000 characters. */
const MAX_WAITING = 1_000;

export interface WaitingAnswer {
  readonly answer: UnjudgedAnswer;
  /** Monotonic milliseconds. */
  readonly dueMs: number;
  readonly callsMade: number;
}

/** Answers in the order in which they are due; what was tried in vain comes first. */
export interface WaitingAnswers {
  /** False where it would be too many. */
  add(answer: UnjudgedAnswer, dueMs: number): boolean;
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
    add(answer, dueMs) {
      if (inOrder.size >= maxWaiting) return false;
      inOrder.set(answer.requestId, { answer, dueMs, callsMade: 0 });
      return true;
    },
    putBack: (one) => void again.push(one),
    get first() {
      return first();
    },
    take() {
      if (again.shift() === undefined) inOrder.delete(first()?.answer.requestId ?? '');
    },
    withdraw(requestId, sessionInstance) {
      const before = inOrder.size;
      for (const { answer } of inOrder.values())
        if (answer.requestId === requestId || answer.sessionInstance === sessionInstance)
          inOrder.delete(answer.requestId);
      return before - inOrder.size;
    },
    get size() {
      return inOrder.size + again.length;
    },
  };
}
