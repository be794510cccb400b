import { hash } from 'node:crypto';
import { close, fstatSync, ftruncateSync, openSync, readSync, write, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FirstSeen } from '../../ports/first-seen.ts';
import { createFirstSeenTable, type FirstSeenTable } from './first-seen-table.ts';

/**
 * One user: 8 bytes of the id's MD5, then the time in seconds, unsigned 32 bit; all big-endian. Zeros where one was
 * forgotten.
 */
const RECORD_BYTES = 12;
const DIGEST_BYTES = 8;
/** Hexadecimal digits of the digest that make the key: 52 bits, what a double holds exactly. */
const KEY_DIGITS = 13;
const FLUSH_AFTER_MS = 200;
const READ_RECORDS = 64 * 1024;
/** About 100 MB of memory when all are used. Beyond it a new user is not remembered and always looks new. */
const MAX_USERS = 4_000_000;

/**
 * Opens the list of first sights: an append-only file, and a table in memory of 12–24 bytes a user.
 * Only a digest of an id is kept. Times are cut to seconds, so that a restart changes no answer.
 * A crash forgets at most the last 200 ms of new users; they are then seen anew.
 */
export function openFirstSeen(path: string): FirstSeen {
  const fd = openSync(path, 'a+', 0o600);
  const table = createFirstSeenTable();
  const size = fstatSync(fd).size;
  if (size % RECORD_BYTES > 0) ftruncateSync(fd, size - (size % RECORD_BYTES)); // a write that was cut off
  load(fd, table);
  let pending: Buffer[] = []; // at most what arrives within one flush
  let flushing: NodeJS.Timeout | null = null;
  let written: Promise<unknown> = Promise.resolve();

  const flush = (): void => {
    flushing = null;
    const records = Buffer.concat(pending);
    pending = [];
    // A sight that a full disk loses is recorded at the user's next request after a restart.
    written = Promise.all([written, new Promise<void>((resolve) => write(fd, records, () => resolve()))]);
  };

  return {
    firstSeenMs(userId, nowMs) {
      const digest = hash('md5', userId);
      const key = keyOf(digest);
      const known = table.get(key);
      if (known !== undefined) return known * 1000;
      const seconds = Math.floor(nowMs / 1000);
      if (table.size >= MAX_USERS) return seconds * 1000;
      table.add(key, seconds);
      const record = Buffer.allocUnsafe(RECORD_BYTES);
      record.write(digest, 0, DIGEST_BYTES, 'hex');
      record.writeUInt32BE(seconds, DIGEST_BYTES);
      pending.push(record);
      flushing ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
      return seconds * 1000;
    },
    async forget(userId) {
      const digest = hash('md5', userId);
      table.forget(keyOf(digest));
      if (flushing) clearTimeout(flushing);
      flush();
      await written;
      return eraseRecords(path, Buffer.from(digest.slice(0, 2 * DIGEST_BYTES), 'hex'));
    },
    async close() {
      if (flushing) clearTimeout(flushing);
      if (pending.length > 0) writeSync(fd, Buffer.concat(pending));
      pending = [];
      await promisify(close)(fd);
    },
  };
}

function keyOf(digest: string): number {
  return Number.parseInt(digest.slice(0, KEY_DIGITS), 16);
}

/** Overwrites the records of a digest with zeros. A file of its own: what is opened to append can only append. */
async function eraseRecords(path: string, digest: Buffer): Promise<boolean> {
  const file = await open(path, 'r+');
  try {
    const buffer = Buffer.allocUnsafe(RECORD_BYTES * READ_RECORDS);
    let isFound = false;
    for (let position = 0; ; position += buffer.length) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      const records = buffer.subarray(0, bytesRead);
      for (let at = records.indexOf(digest); at !== -1; at = records.indexOf(digest, at + 1)) {
        if (at % RECORD_BYTES !== 0) continue;
        await file.write(Buffer.alloc(RECORD_BYTES), 0, RECORD_BYTES, position + at);
        isFound = true;
      }
      if (bytesRead < buffer.length) break;
    }
    if (isFound) await file.datasync();
    return isFound;
  } finally {
    await file.close();
  }
}

function keyAt(records: Buffer, offset: number): number {
  return records.readUIntBE(offset, 6) * 16 + (records.readUInt8(offset + 6) >>> 4);
}

function load(fd: number, table: FirstSeenTable): void {
  const buffer = Buffer.allocUnsafe(RECORD_BYTES * READ_RECORDS);
  for (let position = 0; table.size < MAX_USERS; ) {
    const read = readSync(fd, buffer, 0, buffer.length, position);
    const bytes = read - (read % RECORD_BYTES);
    if (bytes === 0) break;
    for (let at = 0; at < bytes; at += RECORD_BYTES) {
      const key = keyAt(buffer, at);
      const seconds = buffer.readUInt32BE(at + DIGEST_BYTES);
      if (seconds > 0 && table.get(key) === undefined) table.add(key, seconds);
    }
    position += bytes;
  }
}
