import type { PageReader } from '../journal/page-reader.ts';
import { isSamePlace, type Position } from '../journal/reader.ts';
import type { LogName } from '../journal/segment-files.ts';
import type { IndexWriter, Progress } from './index-writer.ts';
import type { Settler } from './settler.ts';

/** Frames of one transaction; bytes of the texts' log, whose frames are long. */
const BATCH_FRAMES = 1_000_000;
const BATCH_TEXT_BYTES = 64 * 1024 * 1024;

export interface BatchOptions {
  readonly reader: PageReader;
  readonly writer: IndexWriter;
  readonly settler: Settler;
  readonly from: Progress;
}

export interface Batch {
  readonly reached: Pick<Progress, 'journal' | 'texts' | 'nextSeq'>;
  /** Both logs were read to their ends. */
  readonly isAtEnd: boolean;
}

/** Takes frames until a batch is full or none is left, and has them committed; the writer tells when that is done. */
export async function takeBatch({ reader, writer, settler, from }: BatchOptions): Promise<Batch> {
  let frames = 0;
  const read = async (log: LogName, first: Position, maxBytes: number) => {
    let [next, isAtEnd, bytes] = [first, false, 0];
    while (!isAtEnd && frames < BATCH_FRAMES && bytes < maxBytes) {
      const page = await reader.read({ log, from: next }); // questions have their turn
      await writer.take(page);
      frames += page.count;
      bytes += page.bytes.length;
      ({ next, isAtEnd } = page);
    }
    return { next, isAtEnd };
  };
  const journal = await read('journal', from.journal, Number.POSITIVE_INFINITY);
  const texts = await read('texts', from.texts, BATCH_TEXT_BYTES);
  const isAtEnd = journal.isAtEnd && texts.isAtEnd;
  const places = { journal: journal.next, texts: texts.next };
  if (isSamePlace(from.journal, journal.next) && isSamePlace(from.texts, texts.next)) {
    return { reached: { ...places, nextSeq: from.nextSeq }, isAtEnd };
  }
  await settler.rest(); // the log is emptied only while nobody else writes
  const nextSeq = await writer.commit({ ...places, isWhole: from.isWhole });
  return { reached: { ...places, nextSeq }, isAtEnd };
}
