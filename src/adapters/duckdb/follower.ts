import type { IndexState } from '../../ports/event-store.ts';
import { openPageReader } from '../journal/page-reader.ts';
import type { Position } from '../journal/reader.ts';
import { segmentFiles, segmentNumbers } from '../journal/segment-files.ts';
import { rowsOf } from './database.ts';
import type { IndexFile } from './index-file.ts';
import { type IndexWriter, openIndexWriter, readProgress } from './index-writer.ts';
import { pruneIndex } from './prune-index.ts';
import { openSettler } from './settler.ts';
import { takeBatch } from './take-batch.ts';

/** How often the journal is looked at while nobody asks: whoever asks has it looked at once more. */
const POLL_MS = 5_000;
/** A question waits so long for the newest frames; more of them than can be taken meanwhile are left to the next one. */
const FRESH_MS = 500;
/** After a start all names are read first, which takes seconds where they are millions. */
const FRESH_AT_START_MS = 100;
/** The journal is not the one that the index was made from: it ends before the place that was read. */
export class StaleIndex extends Error {
  override readonly name = 'StaleIndex';
}

export interface Follower {
  /** Follows the journal until the process ends; rejects when the index can no longer be written. */
  run(): Promise<never>;
  isWhole(): boolean;
  state(): Promise<IndexState>;
  /** Resolves when all that the journal holds now is in the index. */
  caughtUp(): Promise<void>;
  /** The same, or when that takes long. */
  fresh(): Promise<void>;
}

export async function openFollower(file: IndexFile, blockFrames: number): Promise<Follower> {
  const { database, words, journalFolder: folder } = file;
  const reader = openPageReader(folder);
  let progress = await readProgress(database.writing);
  let writer: IndexWriter | null = null; // made by `run`: it reads all names, and questions need not wait for that
  const settler = await openSettler(database.settling, blockFrames);
  let prunedBelow = 0;
  let waiting: (() => void)[] = [];
  let wake = (): void => {};

  async function prune(): Promise<void> {
    const [oldest = 0] = segmentNumbers(folder, 'journal');
    if (oldest <= prunedBelow) return;
    prunedBelow = oldest;
    await settler.rest();
    // The writer may remember numbers of what is gone.
    if (await pruneIndex(database.writing, oldest)) writer = null;
  }

  return {
    async run() {
      // Nobody asks as yet, and what makes the rows needs its processor.
      if (!progress.isWhole) await database.spread(false);
      for (;;) {
        const served = waiting;
        waiting = [];
        checkPlace(folder, progress.journal);
        writer ??= await openIndexWriter(database.writing, words);
        const batch = await takeBatch({ reader, writer, settler, from: progress });
        progress = { ...progress, ...batch.reached };
        if (!batch.isAtEnd) {
          await settler.catchUp(progress.nextSeq, writer.committed());
          waiting = [...served, ...waiting];
          continue;
        }
        await writer.committed();
        await settler.follow(progress.nextSeq, served.length > 0 || !progress.isWhole);
        if (!progress.isWhole) {
          progress = { ...progress, isWhole: true };
          await writer.commit(progress);
          await writer.committed();
          await database.spread(true);
        }
        await prune();
        for (const resolve of served) resolve();
        if (waiting.length === 0) await new Promise<void>((resolve) => wakeAfter(resolve));
      }
    },
    isWhole: () => progress.isWhole,
    async state() {
      const [row] = await rowsOf(database.asking, 'SELECT count(*) AS n FROM requests');
      const { journal, isWhole } = progress;
      const { total, done } = readShare(folder, journal);
      const rebuilding = isWhole ? null : total === 0 ? 0 : done / total;
      return { requests: Number(row?.n), lagBytes: total - done, rebuilding };
    },
    caughtUp,
    async fresh() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = setTimeout(resolve, writer === null ? FRESH_AT_START_MS : FRESH_MS);
      await Promise.race([caughtUp(), promise]);
      clearTimeout(late);
    },
  };

  function caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      wake();
    });
  }

  function wakeAfter(resolve: () => void): void {
    const timer = setTimeout(resolve, POLL_MS);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  }
}

function readShare(folder: string, { segment, offset }: Position) {
  let [total, done] = [0, 0];
  for (const { number, bytes } of segmentFiles(folder, 'journal')) {
    total += bytes;
    if (number <= segment) done += number < segment ? bytes : Math.min(bytes, offset);
  }
  return { total, done };
}

function checkPlace(folder: string, { segment, offset }: Position): void {
  if (offset === 0) return;
  const files = segmentFiles(folder, 'journal');
  const file = files.find(({ number }) => number === segment);
  const isAfterAll = files.every(({ number }) => number < segment);
  if (isAfterAll || (file && file.bytes < offset))
    throw new StaleIndex(`the journal ends before segment ${segment}, byte ${offset}, that was read before`);
}
