import type nodeFs from 'node:fs';
import { rmSync } from 'node:fs';
import type { Frames } from './frame-batch.ts';
import { SEGMENT_HEADER } from './segment.ts';

/** What writing asks of the file system; a test lets any of it fail. */
export type LogFs = Pick<
  typeof nodeFs,
  'openSync' | 'writeSync' | 'ftruncateSync' | 'fdatasync' | 'fdatasyncSync' | 'closeSync'
>;

/** How far an append came, in whole frames, and what kept it from the rest. */
export interface Appended {
  readonly end: number;
  readonly error: unknown;
}

/** One file that is being written. */
export interface SegmentWriter {
  readonly path: string;
  readonly startedMs: number;
  /** Length in bytes, header and whole frames. */
  readonly size: number;
  readonly isEmpty: boolean;
  /** True when it was written to since the last sync began. */
  readonly isDirty: boolean;
  /** True when half a frame stands at its end: nothing may be written behind it. */
  readonly isBroken: boolean;
  /** Appends the frames between two of their ends. */
  append(frames: Frames, start: number, end: number): Appended;
  /** Writes some bytes and takes them back. Throws when the disk does not take them. */
  probe(): void;
  /** Brings all to the disk and closes the file if it was sealed in the meantime. */
  sync(done: (error: Error | null) => void): void;
  syncNow(): void;
  /** Nothing more is written; the file is closed once it was synced. */
  seal(): void;
}

/** So much must fit on the disk before records are taken again: writing must not begin and fail by turns. */
const PROBE = Buffer.alloc(64 * 1024);

export interface SegmentOptions {
  /** Must not exist yet. */
  readonly path: string;
  readonly nowMs: number;
  readonly fs: LogFs;
}

/** Throws when the file cannot be made. */
export function beginSegment({ path, nowMs, fs }: SegmentOptions): SegmentWriter {
  const fd = openWithHeader(fs, path);
  let size = SEGMENT_HEADER.length;
  let isDirty = false;
  let isBroken = false;
  let isSealed = false;
  let isClosed = false;
  let syncing = 0;

  const closeIfDone = (): void => {
    if (!isSealed || isClosed || isDirty || syncing > 0) return;
    isClosed = true;
    quietly(() => fs.closeSync(fd));
  };
  return {
    path,
    startedMs: nowMs,
    get size() {
      return size;
    },
    get isEmpty() {
      return size === SEGMENT_HEADER.length;
    },
    get isDirty() {
      return isDirty;
    },
    get isBroken() {
      return isBroken;
    },
    append({ bytes, ends }, start, end) {
      isDirty = true;
      let written = start;
      try {
        while (written < end) {
          written += fs.writeSync(fd, bytes, written, end - written, size + written - start);
        }
        size += end - start;
        return { end, error: null };
      } catch (error) {
        // Whole frames may have been read already, and stay; the beginning of one is cut off.
        const whole = ends.findLast((behind) => behind <= written && behind > start) ?? start;
        size += whole - start;
        if (written > whole) isBroken = !quietly(() => fs.ftruncateSync(fd, size));
        return { end: whole, error };
      }
    },
    probe() {
      try {
        writeAll(fs, fd, PROBE, size);
      } finally {
        fs.ftruncateSync(fd, size);
      }
    },
    sync(done) {
      isDirty = false;
      syncing += 1;
      fs.fdatasync(fd, (error) => {
        syncing -= 1;
        done(error);
        closeIfDone();
      });
    },
    syncNow() {
      isDirty = false;
      quietly(() => fs.fdatasyncSync(fd));
      closeIfDone();
    },
    seal() {
      isSealed = true;
      closeIfDone();
    },
  };
}

function openWithHeader(fs: LogFs, path: string): number {
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    writeAll(fs, fd, SEGMENT_HEADER, 0);
    return fd;
  } catch (error) {
    quietly(() => fs.closeSync(fd));
    rmSync(path, { force: true });
    throw error;
  }
}

/** A full disk can take part of a write without an error; the next one then fails. */
function writeAll(fs: LogFs, fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += fs.writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}

/** Runs what may fail without harm; says whether it went well. */
function quietly(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
