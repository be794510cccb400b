import { hash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFirstSeen } from './first-seen.ts';
import { createFirstSeenTable } from './first-seen-table.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-seen-'));
  path = join(folder, 'first-seen');
});
afterEach(() => rmSync(folder, { recursive: true }));

const T0 = 1_750_000_000_000;

describe('first seen', () => {
  it('remembers the first sight, over a restart too', async () => {
    const seen = openFirstSeen(path);
    expect(seen.firstSeenMs('alice', T0 + 999)).toBe(T0);
    expect(seen.firstSeenMs('alice', T0 + 60_000)).toBe(T0);
    expect(seen.firstSeenMs('bob', T0 + 60_000)).toBe(T0 + 60_000);
    await seen.close();
    const again = openFirstSeen(path);
    expect(again.firstSeenMs('alice', T0 + 90_000)).toBe(T0);
    expect(again.firstSeenMs('carol', T0 + 90_000)).toBe(T0 + 90_000);
    await again.close();
    expect(statSync(path).size).toBe(3 * 12);
  });

  it('writes in batches, by itself', async () => {
    const seen = openFirstSeen(path);
    for (let i = 0; i < 1_000; i += 1) seen.firstSeenMs(`user-${i}`, T0);
    expect(statSync(path).size).toBe(0);
    await vi.waitFor(() => expect(statSync(path).size).toBe(12_000));
    await seen.close();
  });

  it('survives a write that was cut off', async () => {
    const seen = openFirstSeen(path);
    seen.firstSeenMs('alice', T0);
    await seen.close();
    appendFileSync(path, Buffer.alloc(7, 1));
    const again = openFirstSeen(path);
    expect(again.firstSeenMs('bob', T0 + 5_000)).toBe(T0 + 5_000);
    await again.close();
    const third = openFirstSeen(path);
    expect([third.firstSeenMs('alice', 0), third.firstSeenMs('bob', 0)]).toEqual([T0, T0 + 5_000]);
    await third.close();
  });
});

describe('forgetting', () => {
  it('takes one user out of the table and the file, for good', async () => {
    const seen = openFirstSeen(path);
    for (const user of ['alice', 'bob', 'carol']) seen.firstSeenMs(user, T0);
    expect([await seen.forget('bob'), await seen.forget('bob'), await seen.forget('nobody')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(readFileSync(path).includes(hash('md5', 'bob', 'buffer').subarray(0, 8))).toBe(false);
    expect(seen.firstSeenMs('bob', T0 + 60_000)).toBe(T0 + 60_000);
    await seen.close();
    const again = openFirstSeen(path);
    const seenAt = ['alice', 'bob', 'carol'].map((user) => again.firstSeenMs(user, T0 + 90_000) - T0);
    expect(seenAt).toEqual([0, 60_000, 0]);
    await again.close();
  });
});

describe('first-seen table', () => {
  it('finds what was added, through every growth', () => {
    const table = createFirstSeenTable();
    const keyOf = (i: number) => (i * 2_654_435_761 * 97) % 2 ** 52;
    for (let i = 0; i < 100_000; i += 1) if (table.get(keyOf(i)) === undefined) table.add(keyOf(i), i);
    const wrong = Array.from({ length: 100_000 }, (_, i) => i).filter((i) => table.get(keyOf(i)) !== i);
    expect(wrong).toEqual([]);
    expect(table.size).toBe(100_000);
    expect(table.get(2 ** 52 - 1)).toBeUndefined();
    table.add(2 ** 52 - 1, 7);
    expect(table.get(2 ** 52 - 1)).toBe(7);
  });
});
