import { closeSync, openSync, readSync } from 'node:fs';
import {
  type FoundFrame,
  FRAME_HEAD_BYTES,
  frameAt,
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

interface Page extends FramePlace {
  readonly bytes: Buffer;
}

export function createFrameTexts(folder: string, log: LogName, pageBytes: number): FrameTexts {
  const pages: Page[] = [];

  /** What stands from a place on: with a whole frame, if one begins there. Null where the segment is gone. */
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
        if (filled < size || size === MAX_FRAME_BYTES || frameAt(bytes, 0))
          return { segment, offset, bytes: bytes.subarray(0, filled) };
      }
    } finally {
      closeSync(fd);
    }
  }

  function bytesAt(place: FramePlace): FrameBytes | null {
    for (const page of pages) {
      const found = foundIn(page, place);
      if (found) return found;
    }
    const page = read(place);
    if (page === null) return null;
    pages.unshift(page);
    pages.splice(KEPT_PAGES);
    return foundIn(page, place);
  }

  return {
    at(place) {
      const found = bytesAt(place);
      return found && payloadText(found.bytes, found.frame);
    },
    bytesAt,
  };
}

function foundIn({ segment, offset, bytes }: Page, place: FramePlace): FrameBytes | null {
  const start = place.offset - offset;
  if (place.segment !== segment || start < 0 || start >= bytes.length) return null;
  const frame = frameAt(bytes, start);
  return frame && { bytes, frame };
}
