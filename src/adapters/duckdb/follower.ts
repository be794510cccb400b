import { setImmediate } from 'node:timers/promises';
import type { IndexState } from '../../ports/event-store.ts';
import { type Position, readRawPage } from '../journal/reader.ts';
import { type LogName, segmentFiles, segmentNumbers } from '../journal/segment-files.ts';
import { rowsOf } from './database.ts';
import type { IndexFile } from './index-file.ts';
import { type IndexWriter, openIndexWriter, type Progress, readProgress } from './index-writer.ts';
import { pruneIndex } from './prune-index.ts';
import { settleSessions } from './settle-sessions.ts';

/** How often the journal is looked at while nobody asks: whoever asks has it looked at once more. */
const POLL_MS = 2_000;
/** Frames of one transaction; bytes of the texts' log, whose frames are long. */
const BATCH_FRAMES = 250_000;
const BATCH_TEXT_BYTES = 64 * 1024 * 1024;
/** While nobody asks, sessions are settled after so many frames: few enough to be settled while somebody waits. */
const SETTLE_FRAMES = 20_000;
/** While catching up, after more of them: that costs least for each. */
const CATCH_UP_FRAMES = 500_000;

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
}

export async function openFollower(file: IndexFile): Promise<Follower> {
  const { database, words, journalFolder: folder } = file;
  let progress = await readProgress(database.writing);
  let writer: IndexWriter | null = null; // made by `run`: it reads all names, and questions need not wait for that
  const [settled] = await rowsOf(database.settling, 'SELECT seq FROM settled');
  let settledSeq = Number(settled?.seq);
  let settling: Promise<void> = Promise.resolve();
  let prunedBelow = 0;
  let waiting: (() => void)[] = [];
  let wake = (): void => {};

  /** Reads on until a batch is full; true when both logs were read to their ends. */
  async function takeBatch(into: IndexWriter): Promise<boolean> {
    let count = 0;
    const read = async (log: LogName, from: Position, maxBytes: number) => {
      let [next, isAtEnd, bytes] = [from, false, 0];
      while (!isAtEnd && count < BATCH_FRAMES && bytes < maxBytes) {
        const page = readRawPage({ folder, log, from: next });
        await into.take(page);
        count += page.frames.length;
        bytes += page.bytes.length;
        ({ next, isAtEnd } = page);
        if (!isAtEnd) await setImmediate(); // questions have their turn
      }
      return { next, isAtEnd };
    };
    const journal = await read('journal', progress.journal, Number.POSITIVE_INFINITY);
    const texts = await read('texts', progress.texts, BATCH_TEXT_BYTES);
    if (isMoved(progress.journal, journal.next) || isMoved(progress.texts, texts.next))
      await commit({ journal: journal.next, texts: texts.next, isWhole: progress.isWhole });
    return journal.isAtEnd && texts.isAtEnd;

    async function commit(reached: Pick<Progress, 'journal' | 'texts' | 'isWhole'>): Promise<void> {
      progress = { ...progress, ...reached, nextSeq: await into.commit(reached) };
    }
  }

  /** Settles while frames are read on; waits for the time before, so that this falls behind by one at most. */
  async function settleBeside(): Promise<void> {
    await settling;
    settling = settle();
    settling.catch(() => {}); // heard by whoever waits for it next
  }

  async function settle(): Promise<void> {
    const toSeq = progress.nextSeq;
    if (settledSeq === toSeq) return;
    await settleSessions(database.settling, { fromSeq: settledSeq, toSeq });
    settledSeq = toSeq;
  }

  async function prune(): Promise<void> {
    const [oldest = 0] = segmentNumbers(folder, 'journal');
    if (oldest <= prunedBelow) return;
    prunedBelow = oldest;
    await settling;
    // The writer may remember numbers of what is gone.
    if (await pruneIndex(database.writing, oldest)) writer = null;
  }

  return {
    async run() {
      for (;;) {
        const served = waiting;
        waiting = [];
        checkPlace(folder, progress.journal);
        writer ??= await openIndexWriter(database.writing, words);
        const isAtEnd = await takeBatch(writer);
        const unsettled = progress.nextSeq - settledSeq;
        if (!isAtEnd) {
          if (unsettled >= CATCH_UP_FRAMES) await settleBeside();
          waiting = [...served, ...waiting];
          continue;
        }
        if (served.length > 0 || unsettled >= SETTLE_FRAMES || !progress.isWhole) {
          await settling;
          await settle();
        }
        if (!progress.isWhole) {
          progress = { ...progress, isWhole: true };
          await writer.commit(progress);
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
    caughtUp() {
      return new Promise((resolve) => {
        waiting.push(resolve);
        wake();
      });
    },
  };

  function wakeAfter(resolve: () => void): void {
    const timer = setTimeout(resolve, POLL_MS);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  }
}

function isMoved(a: Position, b: Position): boolean {
  return a.segment !== b.segment || a.offset !== b.offset;
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
