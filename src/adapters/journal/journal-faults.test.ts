import nodeFs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  full,
  type JournalRig,
  type JournalSetup,
  put,
  smallDisk,
  startJournalRig,
} from '../../../test/support/journal-rig.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { LogFs } from './segment-writer.ts';

let rig: JournalRig;
const journalWith = (setup?: JournalSetup): EventSink => rig.open(setup);
const endTurn = (): void => rig.endTurn();
const kept = (): unknown[] => rig.kept();
const files = (): string[] => rig.files();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] });
  rig = startJournalRig();
});
afterEach(async () => {
  vi.useRealTimers();
  await rig.close();
});

describe('a full disk', () => {
  it('takes what fits, counts the rest, and resumes by itself', () => {
    const told: string[] = [];
    const { disk, fs } = smallDisk(1e9);
    const journal = journalWith({ fs, told });
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.padEnd(i % 5 === 4 ? 10 : 900, 'x'));
    const frame = 8 + '["feedback",{"comment":""}]'.length;
    disk.freeBytes = 5_000; // five long ones and a short one, and some
    for (const text of texts) put(journal, text);
    endTurn();
    const fit = kept() as string[];
    expect(fit.slice(0, 6)).toEqual(texts.slice(0, 6));
    expect(fit.reduce((sum, text) => sum + frame + text.length, 0)).toBeLessThanOrEqual(5_000);
    expect([journal.dropped, journal.writable]).toEqual([20 - fit.length, false]);
    const { writes } = disk;
    put(journal, 'not even tried');
    endTurn();
    expect([disk.writes, journal.dropped]).toEqual([writes, 21 - fit.length]);
    vi.advanceTimersByTime(3_000);
    expect(journal.writable).toBe(false);
    disk.freeBytes = 1e6;
    vi.advanceTimersByTime(1_000);
    expect(journal.writable).toBe(true);
    put(journal, 'resumed');
    endTurn();
    expect(kept()).toEqual([...fit, 'resumed']);
    expect(told).toEqual([
      'the journal cannot be written: Error: ENOSPC: no space left on device',
      `the journal can be written again; ${journal.dropped} records were lost`,
    ]);
  });

  it('lets waiting work go all the same', () => {
    const { disk, fs } = smallDisk(1e9);
    const journal = journalWith({ fs });
    disk.freeBytes = 0;
    const seen: string[] = [];
    put(journal, 'a');
    journal.whenWritten(() => seen.push('released'));
    endTurn();
    expect([seen, journal.dropped]).toEqual([['released'], 1]);
  });

  it('tries to begin a segment at most once a tick', () => {
    let opened = 0;
    let isFull = false;
    const openSync = ((path: string, flags: string, mode: number) => {
      opened += 1;
      return isFull ? full() : nodeFs.openSync(path, flags, mode);
    }) as LogFs['openSync'];
    const journal = journalWith({ fs: { openSync }, settings: { segmentBytes: 100 } });
    put(journal, 'x'.repeat(90));
    endTurn();
    isFull = true;
    const before = opened;
    for (let i = 0; i < 50; i += 1) {
      put(journal, 'y'.repeat(90));
      endTurn();
    }
    expect([opened - before, journal.dropped]).toEqual([1, 50]);
    vi.advanceTimersByTime(2_000);
    expect(opened - before).toBe(3);
    isFull = false;
    vi.advanceTimersByTime(1_000);
    put(journal, 'z');
    endTurn();
    expect(kept()).toEqual(['x'.repeat(90), 'z']);
  });
});

describe('a failing call of the system', () => {
  const CALLS = ['openSync', 'writeSync', 'ftruncateSync', 'closeSync'] as const;

  it.each(CALLS)('%s: whatever call it is, each record is kept once or counted', (name) => {
    for (let failAt = 1; failAt <= 12; failAt += 1) {
      let calls = 0;
      let isArmed = false;
      const call = nodeFs[name] as (...given: unknown[]) => unknown;
      const failing = (...given: unknown[]): unknown => {
        if (!isArmed) return call(...given);
        calls += 1;
        if (name === 'writeSync' && calls === failAt - 1)
          return call(given[0], given[1], given[2], 50, given[4]);
        return calls === failAt ? full() : call(...given);
      };
      const journal = journalWith({ fs: { [name]: failing }, settings: { segmentBytes: 400 } });
      const before = kept().length;
      isArmed = true;
      for (let i = 0; i < 12; i += 1) {
        for (const part of ['a', 'b', 'c']) put(journal, `${failAt}.${i}.${part}`.padEnd(30, '.'));
        endTurn();
        if (i % 3 === 2) vi.advanceTimersByTime(1_000);
      }
      isArmed = false;
      vi.advanceTimersByTime(1_000);
      const now = kept().slice(before);
      expect([now.length + journal.dropped, new Set(now).size, journal.writable]).toEqual([
        36,
        now.length,
        true,
      ]);
      void journal.close();
    }
  });

  it('gives up a file that could not be synced', () => {
    const told: string[] = [];
    const fdatasync = ((_fd: number, done: (error: Error | null) => void) => done(new Error('EIO'))) as never;
    const journal = journalWith({ told, fs: { fdatasync } });
    put(journal, 'a');
    endTurn();
    vi.advanceTimersByTime(200);
    put(journal, 'b');
    endTurn();
    expect([kept(), files().filter((name) => name.endsWith('.journal')).length]).toEqual([['a', 'b'], 2]);
    expect(told[0]).toContain('EIO');
  });
});
