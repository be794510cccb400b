import { setImmediate } from 'node:timers/promises';
import { type Position, readRawPage } from '../journal/reader.ts';
import type { LogName } from '../journal/segment-files.ts';
import type { IndexWriter, Progress } from './index-writer.ts';

/** Frames of one transaction; bytes of the texts' log, whose frames are long. */
const BATCH_FRAMES = 500_000;
const BATCH_TEXT_BYTES = 64 * 1024 * 1024;

export interface BatchOptions {
  readonly folder: string;
  readonly writer: IndexWriter;
  readonly from: Progress;
}

export interface Batch {
  readonly reached: Pick<Progress, 'journal' | 'texts' | 'nextSeq'>;
  /** Both logs were read to their ends. */
  readonly isAtEnd: boolean;
}

/** Takes frames until a batch is full or none is left, and commits them. */
export async function takeBatch({ folder, writer, from }: BatchOptions): Promise<Batch> {
  let frames = 0;
  const read = async (log: LogName, first: Position, maxBytes: number) => {
    let [next, isAtEnd, bytes] = [first, false, 0];
    while (!isAtEnd && frames < BATCH_FRAMES && bytes < maxBytes) {
      const page = readRawPage({ folder, log, from: next });
      await writer.take(page);
      frames += page.frames.length;
      bytes += page.bytes.length;
      ({ next, isAtEnd } = page);
      if (!isAtEnd) await setImmediate(); // questions have their turn
    }
    return { next, isAtEnd };
  };
  const journal = await read('journal', from.journal, Number.POSITIVE_INFINITY);
  const texts = await read('texts', from.texts, BATCH_TEXT_BYTES);
  const isAtEnd = journal.isAtEnd && texts.isAtEnd;
  const places = { journal: journal.next, texts: texts.next };
  if (!isMoved(from.journal, journal.next) && !isMoved(from.texts, texts.next)) {
    return { reached: { ...places, nextSeq: from.nextSeq }, isAtEnd };
  }
  const nextSeq = await writer.commit({ ...places, isWhole: from.isWhole });
  return { reached: { ...places, nextSeq }, isAtEnd };
}

function isMoved(a: Position, b: Position): boolean {
  return a.segment !== b.segment || a.offset !== b.offset;
}
