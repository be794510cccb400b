import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDayCount } from './day-count.ts';

const NOON = Date.UTC(2026, 5, 11, 12);
const MIDNIGHT = Date.UTC(2026, 5, 12);
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-count-'));
  path = join(folder, 'calls');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('counts by the day, and begins anew at midnight', () => {
  const count = openDayCount(path);
  expect(count.at(NOON)).toBe(0);
  for (const timeMs of [NOON, NOON, MIDNIGHT - 1]) count.add(timeMs);
  expect([count.at(NOON), count.at(MIDNIGHT)]).toEqual([3, 0]);
  count.add(MIDNIGHT);
  expect([count.at(NOON), count.at(MIDNIGHT)]).toEqual([0, 1]);
  count.close();
});

it('has each count in the file before it goes on, so that a process that is killed forgets none', () => {
  const count = openDayCount(path);
  for (let n = 1; n <= 3; n += 1) {
    count.add(NOON);
    const other = openDayCount(path);
    expect(other.at(NOON)).toBe(n);
    other.close();
  }
  count.close();
  expect(readFileSync(path, 'utf8')).toBe('2026-06-11 000000000003\n');
});

it.each([
  '',
  'nonsense that is longer than a line',
  '2026-06-11 4',
  '2026-06-11 000000000003\n2026-06-11 000000000003\n',
])('begins at nothing where the file holds %j', (text) => {
  writeFileSync(path, text);
  const count = openDayCount(path);
  expect(count.at(NOON)).toBe(0);
  count.close();
});
