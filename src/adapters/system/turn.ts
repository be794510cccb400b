import type { Turn } from '../../ports/turn.ts';

/** The `Turn` port on `setImmediate`, which Node runs right after the input that was ready. */
export function createTurn(): Turn {
  let waiting: (() => void)[] = []; // bounded by the calls in progress

  const end = (): void => {
    const works = waiting;
    waiting = [];
    for (const work of works) {
      try {
        work();
      } catch (error) {
        // One request's fault must not keep the others from theirs; it surfaces as any uncaught error does.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };
  return {
    atEnd(work) {
      if (waiting.push(work) === 1) setImmediate(end);
    },
  };
}
