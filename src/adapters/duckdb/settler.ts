import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import { settle } from './settle.ts';

/** While nobody asks, so many frames wait to be settled: few enough to be settled while somebody waits. */
const WAITING_FRAMES = 20_000;
/** While the journal is read as a whole, more of them: that costs least for each. */
const CATCH_UP_FRAMES = 1_000_000;

/** Decides when frames are settled: they cost least when there are many, and nobody needs them before he asks. */
export interface Settler {
  /** There is more to read: settles what is being committed beside it, and falls behind by one time at most. */
  catchUp(nextSeq: number, committed: Promise<void>): Promise<void>;
  /** All was read. Settles all of it where somebody asks. */
  follow(nextSeq: number, isAsked: boolean): Promise<void>;
  /** Resolves when nothing is being settled. */
  rest(): Promise<void>;
}

export async function openSettler(connection: DuckDBConnection, blockFrames: number): Promise<Settler> {
  const [row] = await rowsOf(connection, 'SELECT seq FROM settled');
  let settledSeq = Number(row?.seq);
  let settling: Promise<void> = Promise.resolve();

  async function settleTo(toSeq: number): Promise<void> {
    if (settledSeq === toSeq) return;
    await settle(connection, { toSeq, blockFrames });
    settledSeq = toSeq;
  }

  return {
    async catchUp(nextSeq, committed) {
      if (nextSeq - settledSeq < CATCH_UP_FRAMES) return;
      await settling;
      settling = committed.then(() => settleTo(nextSeq));
      settling.catch(() => {}); // heard by whoever waits for it next
    },
    async follow(nextSeq, isAsked) {
      await settling;
      if (isAsked || nextSeq - settledSeq >= WAITING_FRAMES) await settleTo(nextSeq);
    },
    rest: () => settling,
  };
}
