/** Runs `task` for 0 … `count` − 1, at most `width` at a time. Rejects with the first failure. */
export async function crowd(
  count: number,
  width: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}

export interface Load {
  /** Waits for those under way; rejects with the first failure. */
  stop(): Promise<void>;
  /** Rejects with the first failure; never resolves. */
  readonly failure: Promise<never>;
}

/** Keeps `width` copies of `task` running until it is stopped, or one of them fails. */
export function keepBusy(width: number, task: (index: number) => Promise<void>): Load {
  let next = 0;
  let stopped = false;
  const worker = async (): Promise<void> => {
    while (!stopped) {
      const index = next;
      next += 1;
      await task(index);
    }
  };
  const all = Promise.all(Array.from({ length: width }, worker));
  const { promise: failure, reject } = Promise.withResolvers<never>();
  // A failure is told by whoever looks; until then it must not end the process.
  failure.catch(() => {});
  all.catch((error: unknown) => {
    stopped = true;
    reject(error);
  });
  return {
    failure,
    async stop() {
      stopped = true;
      await all;
    },
  };
}
