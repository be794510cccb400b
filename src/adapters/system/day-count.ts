import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { DayCount } from '../../ports/day-count.ts';

const LINE = /^(\d{4}-\d\d-\d\d) (\d{12})\n$/;

/**
 * Opens a count in a file of one line, `2026-06-11 000000000042`. The line always has the same length, so that writing
 * it anew needs no room on the disk and never leaves half of it. What is no such line counts as nothing.
 * Throws when the file cannot be opened for writing.
 */
export function openDayCount(path: string): DayCount {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const line = LINE.exec(readFileSync(file, 'latin1'));
  if (line === null) ftruncateSync(file);
  let [, day = '', digits = '0'] = line ?? [];
  let count = Number(digits);
  const at = (nowMs: number): number => (day === dayOf(nowMs) ? count : 0);
  return {
    at,
    add(nowMs) {
      count = at(nowMs) + 1;
      day = dayOf(nowMs);
      try {
        writeSync(file, `${day} ${String(count).padStart(12, '0')}\n`, 0, 'latin1');
      } catch {
        // The count goes on in memory; a restart may then begin at an older one.
      }
    },
    close: () => closeSync(file),
  };
}

function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
