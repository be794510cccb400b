import { statSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type JournalRig,
  type JournalSetup,
  put,
  putText,
  smallDisk,
  startJournalRig,
} from '../../../test/support/journal-rig.ts';
import type { FeedbackRecord } from '../../contract/event.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { LogName } from './segment-files.ts';

const DAY_MS = 86_400_000;

let rig: JournalRig;
let folder: string;
const journalWith = (setup?: JournalSetup): EventSink => rig.open(setup);
const endTurn = (): void => rig.endTurn();
const kept = (log?: LogName): unknown[] => rig.kept(log);
const files = (): string[] => rig.files();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] });
  rig = startJournalRig();
  folder = rig.folder;
});
afterEach(async () => {
  vi.useRealTimers();
  await rig.close();
});

describe('the journal', () => {
  it('writes the records of a turn at its end, with one write, and then runs what waits for them', () => {
    const { disk, fs } = smallDisk(1e9);
    const journal = journalWith({ fs });
    const before = disk.writes;
    const seen: unknown[] = [];
    put(journal, 'a');
    journal.whenWritten(() => seen.push('first', kept()));
    put(journal, '用户');
    journal.whenWritten(() => seen.push('second'));
    expect([kept(), disk.writes - before]).toEqual([[], 0]);
    endTurn();
    expect(seen).toEqual(['first', ['a', '用户'], 'second']);
    expect(disk.writes - before).toBe(1);
    put(journal, 'c');
    endTurn();
    expect([kept(), disk.writes - before]).toEqual([['a', '用户', 'c'], 2]);
  });

  it('tells how long records have waited for the disk', async () => {
    const journal = journalWith();
    expect(journal.unsyncedMs).toBe(0);
    put(journal, 'a');
    endTurn();
    expect(journal.unsyncedMs).toBeGreaterThan(0);
    vi.advanceTimersByTime(150);
    await vi.waitFor(() => expect(journal.unsyncedMs).toBe(0));
  });

  it('keeps what is larger than its batch, in order', () => {
    const journal = journalWith();
    const large = '字'.repeat(500_000);
    for (const text of ['a', large, 'b', 'x'.repeat(100_000), 'y'.repeat(100_000), large, 'c'])
      put(journal, text);
    endTurn();
    expect(kept().map((text) => String(text).length)).toEqual([1, 500_000, 1, 100_000, 100_000, 500_000, 1]);
  });

  it('counts what is no record, and what no frame can hold, and goes on', () => {
    const told: string[] = [];
    const journal = journalWith({ told });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    journal.append('feedback', circular as FeedbackRecord);
    put(journal, 'x'.repeat(17_000_000));
    put(journal, 'b');
    endTurn();
    expect([kept(), journal.dropped, journal.writable, told.length]).toEqual([['b'], 2, true, 2]);
  });

  it('flushes when it is closed', async () => {
    const journal = journalWith();
    const seen: string[] = [];
    put(journal, 'a');
    journal.whenWritten(() => seen.push('released'));
    await journal.close();
    expect(kept()).toEqual(['a']);
    endTurn();
    expect(seen).toEqual(['released']);
  });

  it('begins a segment of its own at every start, and leaves none that is empty', async () => {
    for (const text of ['a', 'b']) {
      const journal = journalWith();
      put(journal, text);
      await journal.close();
    }
    await journalWith().close();
    expect([files(), kept()]).toEqual([
      ['00000001.journal', '00000002.journal'],
      ['a', 'b'],
    ]);
  });

  it('keeps texts in a log of their own, unless the disk is nearly full', () => {
    const told: string[] = [];
    const settings = { minFreeBytes: 0 };
    const journal = journalWith({ settings, told });
    putText(journal, 'hello');
    put(journal, 'a');
    endTurn();
    settings.minFreeBytes = Number.MAX_SAFE_INTEGER;
    vi.advanceTimersByTime(1_000);
    putText(journal, 'lost');
    put(journal, 'b');
    settings.minFreeBytes = 0;
    vi.advanceTimersByTime(1_000);
    putText(journal, 'again');
    endTurn();
    expect([kept('texts'), kept()]).toEqual([
      ['hello', 'again'],
      ['a', 'b'],
    ]);
    expect([journal.dropped, journal.droppedTexts, told]).toEqual([
      0,
      1,
      ['the disk is nearly full: texts are not kept', 'texts are kept again'],
    ]);
  });
});

describe('sync mode', () => {
  it('lets work go in its order, when its records are on the disk', () => {
    const synced: (() => void)[] = [];
    const fdatasync = ((_fd: number, done: (error: null) => void) => synced.push(() => done(null))) as never;
    const journal = journalWith({ settings: { sync: true }, fs: { fdatasync } });
    const seen: string[] = [];
    const answer = (name: string): void => {
      put(journal, name);
      journal.whenWritten(() => seen.push(name));
    };
    answer('a');
    endTurn();
    answer('b'); // comes while the disk works on `a`
    answer('c');
    endTurn();
    expect([kept(), seen, synced.length]).toEqual([['a', 'b', 'c'], [], 1]);
    synced.shift()?.();
    endTurn();
    expect([seen, synced.length]).toEqual([['a'], 1]); // one sync for both
    synced.shift()?.();
    endTurn();
    expect(seen).toEqual(['a', 'b', 'c']);
    journal.whenWritten(() => seen.push('nothing to sync'));
    endTurn();
    endTurn();
    expect(seen.at(-1)).toBe('nothing to sync');
  });
});

describe('segments', () => {
  it('are cut by size, and by age also while nothing comes', () => {
    const journal = journalWith({ settings: { segmentBytes: 1_000, segmentAgeMs: 3_600_000 } });
    for (let i = 0; i < 30; i += 1) {
      put(journal, `${i}`.padStart(60, '.'));
      endTurn();
    }
    const sizes = files().map((name) => statSync(join(folder, name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(kept()).toHaveLength(30);
    const { length } = files();
    vi.advanceTimersByTime(3_600_000);
    put(journal, 'next');
    endTurn();
    expect([files().length, kept().at(-1)]).toEqual([length + 1, 'next']);
  });

  it('are removed when they are too old, or take too much; texts first, the newest never', () => {
    const settings = {
      segmentBytes: 200,
      keepEventsMs: 90 * DAY_MS,
      keepTextsMs: 30 * DAY_MS,
      maxBytes: 1e9,
    };
    const journal = journalWith({ settings });
    for (let i = 0; i < 5; i += 1) {
      put(journal, `${i}`.padEnd(150, 'e'));
      putText(journal, `${i}`.padEnd(150, 't'));
      endTurn();
    }
    const age = (name: string, days: number): void => {
      const seconds = (Date.now() - days * DAY_MS) / 1_000;
      utimesSync(join(folder, name), seconds, seconds);
    };
    age('00000001.journal', 91);
    age('00000002.journal', 31);
    age('00000001.texts', 31);
    vi.advanceTimersByTime(60_000);
    expect(files()).not.toContain('00000001.journal');
    expect(files()).not.toContain('00000001.texts');
    expect(files()).toHaveLength(8);
    settings.maxBytes = 900;
    vi.advanceTimersByTime(60_000);
    expect(files()).toEqual(['00000003.journal', '00000004.journal', '00000005.journal', '00000005.texts']);
    settings.maxBytes = 1;
    vi.advanceTimersByTime(60_000);
    expect(files()).toEqual(['00000005.journal', '00000005.texts']);
  });

  it('begin anew where somebody removed them', () => {
    const journal = journalWith();
    put(journal, 'a');
    endTurn();
    unlinkSync(join(folder, '00000001.journal'));
    vi.advanceTimersByTime(1_000);
    put(journal, 'b');
    endTurn();
    expect([kept(), files()[0]]).toEqual([['b'], '00000001.texts']);
  });
});
