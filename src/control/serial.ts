import { AdminFault } from '../contract/fault.ts';

/** Runs jobs one after the other. Beyond `limit` waiting ones it refuses with `busy`. */
export function createSerial({ limit }: { readonly limit: number }) {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async run<T>(job: () => Promise<T>): Promise<T> {
      if (waiting >= limit) throw new AdminFault('busy', `${limit} are waiting already; try again`);
      waiting++;
      const mine = last.then(job);
      last = mine.catch(() => {}).finally(() => waiting--);
      return mine;
    },
    /** Resolves when everything that was asked for so far is done. */
    async idle(): Promise<void> {
      await last;
    },
  };
}
