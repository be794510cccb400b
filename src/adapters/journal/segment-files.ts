import { closeSync, fdatasyncSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Events, and beside them the texts of conversations, which are kept for a shorter time. */
export type LogName = 'journal' | 'texts';

export interface SegmentFile {
  readonly log: LogName;
  readonly number: number;
  readonly bytes: number;
  /** Time of the last write. */
  readonly changedMs: number;
}

export function segmentPath(folder: string, log: LogName, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}.${log}`);
}

/** Numbers of a log's segments, oldest first. Throws when the folder cannot be read. */
export function segmentNumbers(folder: string, log: LogName): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(folder)) {
    const match = /^(\d{8})\.(journal|texts)$/.exec(name);
    if (match?.[2] === log) numbers.push(Number(match[1]));
  }
  return numbers.sort((a, b) => a - b);
}

/** A log's segments, oldest first. */
export function segmentFiles(folder: string, log: LogName): SegmentFile[] {
  return segmentNumbers(folder, log).flatMap((number) => {
    const stat = statSync(segmentPath(folder, log, number), { throwIfNoEntry: false });
    return stat ? [{ log, number, bytes: stat.size, changedMs: stat.mtimeMs }] : [];
  });
}

/** A new file's name is only as durable as its folder. Where folders cannot be synced, the system sees to it. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Windows and some network file systems.
  }
}
