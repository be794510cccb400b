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
  /** Removes those of these requests and sessions; gives how many. */
  remove(about: ReadonlySet<string | null>): number;
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
    remove(about) {
      const isGone = (one: WaitingAnswer) => about.has(one.requestId) || about.has(one.sessionInstance);
      const gone = [...inOrder.values()].filter(isGone);
      for (const { requestId } of gone) inOrder.delete(requestId);
      const kept = again.filter((one) => !isGone(one));
      const count = gone.length + again.length - kept.length;
      again.splice(0, again.length, ...kept);
      return count;
    },
    get size() {
      return inOrder.size + again.length;
    },
  };
}
