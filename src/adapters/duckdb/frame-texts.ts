import { closeSync, openSync, readSync } from 'node:fs';
import {
  type FoundFrame,
  FRAME_HEAD_BYTES,
  findFrames,
  MAX_PAYLOAD_BYTES,
  payloadText,
} from '../journal/segment.ts';
import { type LogName, segmentPath } from '../journal/segment-files.ts';

export interface FramePlace {
  readonly segment: number;
  readonly offset: number;
}

/** Reads frames by their places; neighbours come out of one read. */
export interface FrameTexts {
  /** Null where the log no longer has it. */
  at(place: FramePlace): string | null;
  /** Where the text stands in bytes that are not changed any more. */
  bytesAt(place: FramePlace): FrameBytes | null;
}

export interface FrameBytes {
  readonly bytes: Buffer;
  readonly frame: FoundFrame;
}

const MAX_FRAME_BYTES = FRAME_HEAD_BYTES + MAX_PAYLOAD_BYTES;
/** Rows are asked for in the order of arrival and lie in that of their ends: some pages serve in turn. */
const KEPT_PAGES = 4;

interface Page {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** By their offsets in the segment. */
  readonly frames: ReadonlyMap<number, FoundFrame>;
}

export function createFrameTexts(folder: string, log: LogName, pageBytes: number): FrameTexts {
  const pages: Page[] = [];

  function read({ segment, offset }: FramePlace): Page | null {
    let fd: number;
    try {
      fd = openSync(segmentPath(folder, log, segment), 'r');
    } catch {
      return null; // past its keeping
    }
    try {
      for (let size = pageBytes; ; size = Math.min(size * 8, MAX_FRAME_BYTES)) {
        const bytes = Buffer.allocUnsafe(size);
        const filled = readSync(fd, bytes, 0, size, offset);
        const { frames } = findFrames(bytes.subarray(0, filled), 0);
        if (frames[0]?.start === 0 || filled < size || size === MAX_FRAME_BYTES) {
          return {
            segment,
            offset,
            bytes,
            frames: new Map(frames.map((frame) => [offset + frame.start, frame])),
          };
        }
      }
    } finally {
      closeSync(fd);
    }
  }

  function bytesAt(place: FramePlace): FrameBytes | null {
    const { segment, offset } = place;
    let page = pages.find((one) => one.segment === segment && one.frames.has(offset)) ?? null;
    if (page === null) {
      page = read(place);
      if (page === null) return null;
      pages.unshift(page);
      pages.splice(KEPT_PAGES);
    }
    const frame = page.frames.get(offset);
    return frame ? { bytes: page.bytes, frame } : null;
  }

  return {
    at(place) {
      const found = bytesAt(place);
      return found && payloadText(found.bytes, found.frame);
    },
    bytesAt,
  };
}
