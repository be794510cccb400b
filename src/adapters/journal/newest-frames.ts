import type { Frame } from '../../contract/frame.ts';
import { readJournal } from './reader.ts';
import { SEGMENT_HEADER } from './segment.ts';
import { type LogName, segmentFiles } from './segment-files.ts';

/** About a hundred frames: read in less than a millisecond. */
const PAGE_BYTES = 64 * 1024;

export interface NewestOptions {
  readonly folder: string;
  readonly log?: LogName;
  /** How far to go back, in bytes of all segments. */
  readonly maxBytes: number;
  readonly pageBytes?: number;
}

/**
 * The frames of a log from its end backwards, a page at a time, each the newest first. What is written after the
 * first page was asked for is left out. Throws when the folder or a file cannot be read.
 */
export function* newestFrames({
  folder,
  log = 'journal',
  maxBytes,
  pageBytes = PAGE_BYTES,
}: NewestOptions): Generator<Frame[]> {
  let leftBytes = maxBytes;
  for (const { number: segment, bytes } of segmentFiles(folder, log).reverse()) {
    // Whatever offset a page begins at, the reader finds the next whole frame. What stands before that one belongs
    // to the next page, which therefore ends where this one's first frame begins.
    let end = bytes;
    for (let start = end; start > SEGMENT_HEADER.length && leftBytes > 0; leftBytes -= pageBytes) {
      start = Math.max(SEGMENT_HEADER.length, start - pageBytes);
      const page = readJournal({ folder, log, from: { segment, offset: start }, pageBytes: end - start });
      const found = page.frames.filter(
        ({ position }) => position.segment === segment && position.offset < end,
      );
      const [first] = found;
      if (first === undefined) continue;
      end = first.position.offset;
      start = end;
      yield found.map(({ frame }) => frame).reverse();
    }
  }
}
