import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { frameText } from '../../contract/frame.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Turn } from '../../ports/turn.ts';
import { FRAME_HEAD_BYTES, SEGMENT_HEADER, scanSegment } from './segment.ts';

/** With the disk's own time, a record is safe within 200 ms; syncing more often costs more than all the writing. */
const SYNC_AFTER_MS = 150;
/** Records of one turn that are encoded into the same buffer; it is written early when they need more. */
const BATCH_BYTES = 512 * 1024;
const MAX_BYTES_PER_CHARACTER = 3;

export interface JournalOptions {
  /** Folder of the segments; made when absent. */
  readonly folder: string;
  readonly turn: Turn;
  /** Told when records stop or start again to reach the operating system. */
  readonly onTrouble?: (message: string) => void;
}

interface Segment {
  readonly number: number;
  readonly fd: number;
  /** Where the next frame goes: after the last whole one. */
  end: number;
}

/**
 * Opens the journal for appending: goes on with the newest segment, or begins one.
 * A last frame that was cut off is removed; other damage is left as it is and a new segment begun.
 * Throws when the folder cannot be made or written: a gateway must not start without its record.
 */
export function openJournal(options: JournalOptions): EventSink {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const report = options.onTrouble ?? (() => {});
  const batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let frameEnds: number[] = []; // of the frames in the batch
  let isFlushDue = false;
  let segment: Segment | null = openNewest(options.folder);
  let dropped = 0;
  let writable = true;
  let dirty = false;
  let syncing: NodeJS.Timeout | 'in flight' | null = null;

  const sync = (): void => {
    const synced = segment;
    if (synced === null || !dirty) {
      syncing = null;
      return;
    }
    syncing = 'in flight';
    dirty = false;
    fdatasync(synced.fd, (error) => {
      syncing = null;
      // After a failed sync the kernel may hold clean-looking pages that are not on disk: that segment is done.
      if (error && segment === synced) abandon(error);
      if (dirty) scheduleSync();
    });
  };
  const scheduleSync = (): void => {
    if (syncing === null) syncing = setTimeout(sync, SYNC_AFTER_MS).unref();
  };

  const fail = (cause: unknown): void => {
    if (writable) report(`the journal cannot be written: ${String(cause)}`);
    writable = false;
  };
  const abandon = (cause: unknown): void => {
    const failed = segment;
    segment = null; // the next append begins a new one
    if (failed) quietly(() => closeSync(failed.fd));
    fail(cause);
  };

  const write = (frames: Buffer): void => {
    segment ??= createSegment(options.folder, newestNumber(options.folder) + 1);
    try {
      writeWhole(segment.fd, frames, segment.end);
      segment.end += frames.length;
    } catch (error) {
      const { fd, end } = segment;
      if (!quietly(() => ftruncateSync(fd, end))) abandon(error);
      throw error;
    }
  };
  /** Writes frames that stand or fall together; says whether it went well. */
  const keep = (frames: Buffer): boolean => {
    try {
      write(frames);
    } catch (error) {
      fail(error);
      return false;
    }
    if (!writable) report('the journal can be written again');
    writable = true;
    dirty = true;
    scheduleSync();
    return true;
  };
  const writeBatch = (): void => {
    const ends = frameEnds;
    const size = ends.at(-1);
    if (size === undefined) return;
    frameEnds = [];
    if (keep(batch.subarray(0, size))) return;
    // Where not all of them fit on the disk any more, some may.
    ends.forEach((end, at) => {
      if (!keep(batch.subarray(ends[at - 1] ?? 0, end))) dropped += 1;
    });
  };
  const flush = (): void => {
    isFlushDue = false;
    writeBatch();
  };
  const flushLater = (): void => {
    if (isFlushDue) return;
    isFlushDue = true;
    options.turn.atEnd(flush);
  };

  return {
    append(kind, record) {
      let text: string;
      try {
        text = frameText(kind, record);
      } catch (error) {
        dropped += 1;
        fail(error);
        return;
      }
      const maxBytes = FRAME_HEAD_BYTES + MAX_BYTES_PER_CHARACTER * text.length;
      if ((frameEnds.at(-1) ?? 0) + maxBytes > BATCH_BYTES) writeBatch();
      if (maxBytes > BATCH_BYTES) {
        const own = Buffer.allocUnsafe(maxBytes);
        if (!keep(own.subarray(0, encodeFrame(text, own, 0)))) dropped += 1;
        return;
      }
      frameEnds.push(encodeFrame(text, batch, frameEnds.at(-1) ?? 0));
      flushLater();
    },
    whenWritten(work) {
      flushLater();
      options.turn.atEnd(work); // behind the flush
    },
    get dropped() {
      return dropped;
    },
    get writable() {
      return writable;
    },
    async close() {
      flush();
      if (typeof syncing === 'object' && syncing !== null) clearTimeout(syncing);
      const last = segment;
      segment = null;
      if (last === null) return;
      quietly(() => fdatasyncSync(last.fd));
      closeSync(last.fd);
    },
  };
}

/** Writes length, CRC and text into `target` from `start` on; gives the offset behind them. */
function encodeFrame(text: string, target: Buffer, start: number): number {
  const payload = start + FRAME_HEAD_BYTES;
  const end = payload + target.write(text, payload);
  target.writeUInt32BE(end - payload, start);
  target.writeUInt32BE(crc32(target.subarray(payload, end)), start + 4);
  return end;
}

/** A full disk can take part of a write without an error; the rest of the frame then fails, and is cut off again. */
function writeWhole(fd: number, frames: Buffer, position: number): void {
  let written = 0;
  while (written < frames.length) {
    written += writeSync(fd, frames, written, frames.length - written, position + written);
  }
}

function openNewest(folder: string): Segment {
  const number = newestNumber(folder);
  if (number === 0) return createSegment(folder, 1);
  const path = join(folder, fileName(number));
  const scan = scanSegment(path);
  const damaged = scan.validBytes === 0 || (scan.validBytes < scan.sizeBytes && !scan.torn);
  if (damaged) return createSegment(folder, number + 1);
  const fd = openSync(path, 'r+');
  if (scan.validBytes < scan.sizeBytes) ftruncateSync(fd, scan.validBytes);
  return { number, fd, end: scan.validBytes };
}

function createSegment(folder: string, number: number): Segment {
  const fd = openSync(join(folder, fileName(number)), 'wx+', 0o600);
  writeWhole(fd, SEGMENT_HEADER, 0);
  quietly(() => syncFolder(folder));
  return { number, fd, end: fstatSync(fd).size };
}

/** A new file's name is only as durable as its folder. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function newestNumber(folder: string): number {
  const numbers = readdirSync(folder).map((name) => Number(/^(\d{8})\.journal$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function fileName(number: number): string {
  return `${String(number).padStart(8, '0')}.journal`;
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
