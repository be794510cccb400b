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
import type { EventSink } from '../../ports/event-sink.ts';
import { FRAME_HEAD_BYTES, SEGMENT_HEADER, scanSegment } from './segment.ts';

/** With the disk's own time, a record is safe within 200 ms; syncing more often costs more than all the writing. */
const SYNC_AFTER_MS = 150;
/** Records up to this many characters are encoded in place; larger ones get a buffer of their own. */
const SCRATCH_CHARACTERS = 64 * 1024;
/** The head of a frame and the name of its kind. */
const OVERHEAD_BYTES = FRAME_HEAD_BYTES + 64;
const COMMA = 0x2c;

export interface JournalOptions {
  /** Folder of the segments; made when absent. */
  readonly folder: string;
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
  const scratch = Buffer.allocUnsafe(OVERHEAD_BYTES + 3 * SCRATCH_CHARACTERS);
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

  const abandon = (cause: unknown): void => {
    const failed = segment;
    segment = null; // the next append begins a new one
    if (failed) quietly(() => closeSync(failed.fd));
    if (writable) report(`the journal cannot be written: ${String(cause)}`);
    writable = false;
  };

  const write = (frame: Buffer): void => {
    segment ??= createSegment(options.folder, newestNumber(options.folder) + 1);
    try {
      writeWhole(segment.fd, frame, segment.end);
      segment.end += frame.length;
    } catch (error) {
      const { fd, end } = segment;
      if (!quietly(() => ftruncateSync(fd, end))) abandon(error);
      throw error;
    }
  };

  return {
    append(kind, record) {
      try {
        write(encodeFrame(`{"kind":"${kind}"`, JSON.stringify(record), scratch));
        if (!writable) report('the journal can be written again');
        writable = true;
        dirty = true;
        scheduleSync();
      } catch (error) {
        dropped += 1;
        if (writable) report(`the journal cannot be written: ${String(error)}`);
        writable = false;
      }
    },
    get dropped() {
      return dropped;
    },
    get writable() {
      return writable;
    },
    async close() {
      if (typeof syncing === 'object' && syncing !== null) clearTimeout(syncing);
      const last = segment;
      segment = null;
      if (last === null) return;
      quietly(() => fdatasyncSync(last.fd));
      closeSync(last.fd);
    },
  };
}

/**
 * Length, CRC and payload as one buffer, valid until the next call with the same scratch. `kind` is the beginning of
 * the object that `json` goes on with: its brace becomes the comma between them, which spares a copy of the text.
 */
function encodeFrame(kind: string, json: string, scratch: Buffer): Buffer {
  const isLarge = json.length > SCRATCH_CHARACTERS;
  const buffer = isLarge ? Buffer.allocUnsafe(OVERHEAD_BYTES + 3 * json.length) : scratch;
  const brace = FRAME_HEAD_BYTES + buffer.write(kind, FRAME_HEAD_BYTES, 'latin1');
  const end = brace + buffer.write(json, brace);
  buffer[brace] = COMMA;
  const frame = buffer.subarray(0, end);
  frame.writeUInt32BE(end - FRAME_HEAD_BYTES, 0);
  frame.writeUInt32BE(crc32(frame.subarray(FRAME_HEAD_BYTES)), 4);
  return frame;
}

/** A full disk can take part of a write without an error; the rest of the frame then fails, and is cut off again. */
function writeWhole(fd: number, frame: Buffer, position: number): void {
  let written = 0;
  while (written < frame.length) {
    written += writeSync(fd, frame, written, frame.length - written, position + written);
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
