import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Frame, readFrame } from '../../contract/frame.ts';
import {
  type Found,
  type FoundFrame,
  FRAME_HEAD_BYTES,
  findFrames,
  MAX_PAYLOAD_BYTES,
  payloadText,
  SEGMENT_HEADER,
} from './segment.ts';
import { type LogName, segmentNumbers, segmentPath } from './segment-files.ts';

/** A place in a log: no two frames share one, and it never comes to mean another frame. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

export interface PlacedFrame {
  readonly position: Position;
  readonly frame: Frame;
}

/** Where reading came to. */
interface Reached {
  /** Where to go on. Kept with what was made of the frames, each is taken exactly once. */
  readonly next: Position;
  /** True when nothing more is there now: what is written later is found from `next`. */
  readonly isAtEnd: boolean;
  /** Damaged bytes that were passed over. */
  readonly lostBytes: number;
}

export interface JournalPage extends Reached {
  readonly frames: readonly PlacedFrame[];
}

/** Frames as they are stored. The place of one is the page's, moved on by its `start`. */
export interface RawPage extends Reached {
  readonly place: Position;
  readonly bytes: Buffer;
  readonly frames: readonly FoundFrame[];
}

export interface ReadOptions {
  readonly folder: string;
  readonly log?: LogName;
  readonly from: Position;
  /** About how much is read at once. */
  readonly pageBytes?: number;
}

export function isSamePlace(a: Position, b: Position): boolean {
  return a.segment === b.segment && a.offset === b.offset;
}

export const JOURNAL_START: Position = { segment: 0, offset: 0 };

const PAGE_BYTES = 1024 * 1024;
/** Frame by frame the largest that can be; a page grows up to it where it holds no whole frame. */
const MAX_PAGE_BYTES = 2 * (FRAME_HEAD_BYTES + MAX_PAYLOAD_BYTES);

/** As `readRawPage`, with each frame's record. Frames of unknown kinds are left out. */
export function readJournal(options: ReadOptions): JournalPage {
  const { place, bytes, frames, ...reached } = readRawPage(options);
  return {
    ...reached,
    frames: frames.flatMap((found) => {
      const frame = readFrame(payloadText(bytes, found));
      return frame === null ? [] : [{ position: { ...place, offset: place.offset + found.start }, frame }];
    }),
  };
}

/**
 * The next frames of a log, oldest first, from at most one segment. Safe beside the process that writes: a frame that
 * is not wholly there waits for a later call. A segment is left for the next one once it is complete, which is when a
 * newer one exists; what is damaged in it is passed over.
 * Throws when the folder or a file cannot be read.
 */
export function readRawPage(options: ReadOptions): RawPage {
  const { folder, log = 'journal', from } = options;
  const numbers = segmentNumbers(folder, log); // before the bytes: with a newer one there, this one is complete
  const segment = numbers.find((number) => number >= from.segment);
  if (segment === undefined) {
    return { place: from, bytes: NOTHING, frames: [], next: from, isAtEnd: true, lostBytes: 0 };
  }
  const newer = numbers.find((number) => number > segment);
  const offset =
    segment === from.segment ? Math.max(from.offset, SEGMENT_HEADER.length) : SEGMENT_HEADER.length;
  const read = readFrames(segmentPath(folder, log, segment), offset, options.pageBytes ?? PAGE_BYTES);
  const isDone = read.isWholeRest && newer !== undefined;
  return {
    place: { segment, offset },
    bytes: read.bytes,
    frames: read.frames,
    next: isDone ? { segment: newer, offset: 0 } : { segment, offset: offset + read.end },
    isAtEnd: read.isWholeRest && newer === undefined,
    lostBytes: read.lostBytes + (isDone ? read.restBytes - read.end : 0),
  };
}

const NOTHING = Buffer.alloc(0);

interface Read extends Found {
  readonly bytes: Buffer;
  /** From the offset to the end of the file. */
  readonly restBytes: number;
  /** True when all of it was looked at. */
  readonly isWholeRest: boolean;
}

function readFrames(path: string, offset: number, pageBytes: number): Read {
  const fd = openSync(path, 'r');
  try {
    const restBytes = Math.max(0, fstatSync(fd).size - offset);
    for (let size = pageBytes; ; size *= 4) {
      const bytes = readAt(fd, offset, Math.min(size, restBytes));
      const found = findFrames(bytes, 0);
      const isWholeRest = size >= restBytes;
      if (found.frames.length > 0 || isWholeRest) return { ...found, bytes, restBytes, isWholeRest };
      // Nothing good in more than any frame takes: go on behind the damage.
      if (size >= MAX_PAGE_BYTES) {
        const passed = bytes.length - FRAME_HEAD_BYTES - MAX_PAYLOAD_BYTES;
        return { bytes, frames: [], end: passed, lostBytes: passed, restBytes, isWholeRest };
      }
    }
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, position: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(bytes); // shares its memory with nobody: it may be given to another thread
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(fd, buffer, filled, bytes - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
