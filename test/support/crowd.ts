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

/** Keeps `width` copies of `task` running until it is stopped; `stop` waits for those under way. */
export function keepBusy(width: number, task: (index: number) => Promise<void>): { stop(): Promise<void> } {
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
  // A failure is told by `stop`; until then it must not end the process.
  all.catch(() => {});
  return {
    async stop() {
      stopped = true;
      await all;
    },
  };
}
