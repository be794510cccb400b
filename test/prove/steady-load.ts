import { createAsker } from '../support/asker.ts';
import type { ChildSluice } from '../support/child-sluice.ts';

/** Requests that arrive whatever becomes of those before them, as users do. */
export interface SteadyLoad {
  /** What became of them; waits for those under way. */
  stop(): Promise<{ readonly answered: number; readonly failed: number; readonly perSecond: number }>;
}

const TICK_MS = 10;
/** More would wait for each other in this process. */
const CONNECTIONS = 64;

export function startSteadyLoad({ url }: ChildSluice, key: string, perSecond: number): SteadyLoad {
  const asker = createAsker(url, key, CONNECTIONS);
  const began = performance.now();
  const underWay = new Set<Promise<void>>();
  let [sent, answered, failed] = [0, 0, 0];
  const ask = async (): Promise<void> => {
    try {
      const reply = await asker.ask({ door: 'openai', stream: true, userId: `uid_${sent % 5_000}` });
      if (reply.status === 200 && reply.text.includes('[DONE]')) answered += 1;
      else failed += 1;
    } catch {
      failed += 1;
    }
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    for (; sent < due; sent += 1) {
      const asked = ask().finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      const seconds = (performance.now() - began) / 1000;
      await asker.close();
      return { answered, failed, perSecond: answered / seconds };
    },
  };
}
