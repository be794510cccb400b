import { setImmediate } from 'node:timers/promises';
import type { IndexState } from '../../ports/event-store.ts';
import { type PlacedFrame, type Position, readJournal } from '../journal/reader.ts';
import { type LogName, segmentFiles, segmentNumbers } from '../journal/segment-files.ts';
import { rowsOf } from './database.ts';
import type { IndexFile } from './index-file.ts';
import { type IndexWriter, openIndexWriter } from './index-writer.ts';
import { pruneIndex } from './prune-index.ts';
import { settleSessions } from './settle-sessions.ts';

const POLL_MS = 500;
/** Frames in memory at a time; frames of one transaction; bytes of the texts' log, whose frames are long. */
const TAKEN_FRAMES = 20_000;
const BATCH_FRAMES = 250_000;
const BATCH_TEXT_BYTES = 8 * 1024 * 1024;
/** While catching up, sessions are settled after so many frames: often enough that what is looked through is recent. */
const SETTLE_FRAMES = 400_000;

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
  let writer: IndexWriter = await openIndexWriter(database.writing, words);
  let prunedBelow = 0;
  let waiting: (() => void)[] = [];
  let wake = (): void => {};

  async function settle(): Promise<void> {
    const { settledSeq, nextSeq } = writer.progress();
    if (settledSeq === nextSeq) return;
    await settleSessions(database.writing, { fromSeq: settledSeq, toSeq: nextSeq });
    writer.setSettled(nextSeq);
  }

  async function prune(): Promise<void> {
    const [oldest = 0] = segmentNumbers(folder, 'journal');
    if (oldest <= prunedBelow) return;
    prunedBelow = oldest;
    // It may remember numbers of what is gone.
    if (await pruneIndex(database.writing, oldest)) writer = await openIndexWriter(database.writing, words);
  }

  async function markWhole(): Promise<void> {
    const { isWhole, journal, texts } = writer.progress();
    if (!isWhole) await writer.commit({ journal, texts, isWhole: true });
  }

  return {
    async run() {
      for (;;) {
        const served = waiting;
        waiting = [];
        checkPlace(folder, writer.progress().journal);
        const isAtEnd = await takeBatch(folder, writer);
        const { nextSeq, settledSeq } = writer.progress();
        if (isAtEnd || nextSeq - settledSeq >= SETTLE_FRAMES) await settle();
        if (!isAtEnd) {
          waiting = [...served, ...waiting];
          continue;
        }
        await markWhole();
        await prune();
        for (const resolve of served) resolve();
        if (waiting.length === 0) await new Promise<void>((resolve) => wakeAfter(resolve));
      }
    },
    isWhole: () => writer.progress().isWhole,
    async state() {
      const [row] = await rowsOf(database.asking, 'SELECT count(*) AS n FROM requests');
      const { journal, isWhole } = writer.progress();
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

/** Reads on until a batch is full; true when both logs were read to their ends. */
async function takeBatch(folder: string, writer: IndexWriter): Promise<boolean> {
  const before = writer.progress();
  let [count, frames]: [number, PlacedFrame[]] = [0, []];
  const take = async (): Promise<void> => {
    count += frames.length;
    await writer.take(frames);
    frames = [];
  };
  const read = async (log: LogName, from: Position, maxBytes: number) => {
    let [next, isAtEnd, bytes] = [from, false, 0];
    while (!isAtEnd && count < BATCH_FRAMES && bytes < maxBytes) {
      const page = readJournal({ folder, log, from: next });
      for (const frame of page.frames) frames.push(frame);
      bytes += page.next.offset - (page.next.segment === next.segment ? next.offset : 0);
      ({ next, isAtEnd } = page);
      if (frames.length >= TAKEN_FRAMES) await take();
      await setImmediate(); // questions have their turn
    }
    await take();
    return { next, isAtEnd };
  };
  const journal = await read('journal', before.journal, Number.POSITIVE_INFINITY);
  const texts = await read('texts', before.texts, BATCH_TEXT_BYTES);
  if (count > 0 || isMoved(before.journal, journal.next) || isMoved(before.texts, texts.next))
    await writer.commit({ journal: journal.next, texts: texts.next, isWhole: before.isWhole });
  return journal.isAtEnd && texts.isAtEnd;
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
