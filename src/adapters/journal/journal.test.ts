import nodeFs, { mkdtempSync, readdirSync, rmSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '../../../test/config-fixture.ts';
import type { FeedbackRecord, TextRecord } from '../../contract/event.ts';
import type { JournalSettings } from '../../domain/config.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { openJournal } from './journal.ts';
import { JOURNAL_START, readJournal } from './reader.ts';
import type { LogName } from './segment-files.ts';
import type { LogFs } from './segment-writer.ts';

const DAY_MS = 86_400_000;

let folder: string;
let open: EventSink[];
let works: (() => void)[];
/** The end of the turn comes when a test says so. */
const turn = { atEnd: (work: () => void) => void works.push(work) };
const endTurn = (): void => {
  for (const work of works.splice(0)) work();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
  open = [];
  works = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const journal of open) await journal.close();
  rmSync(folder, { recursive: true });
});

interface Setup {
  readonly settings?: Partial<JournalSettings>;
  readonly fs?: Partial<LogFs>;
  readonly told?: string[];
}

function journalWith({ settings, fs, told }: Setup = {}): EventSink {
  const journal = openJournal({
    folder,
    turn,
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    settings: () => ({ ...SETTINGS.journal, ...settings }),
    onTrouble: (message) => told?.push(message),
    fs: { ...nodeFs, ...fs },
  });
  open.push(journal);
  return journal;
}

/** The journal does not look into feedback. */
const put = (journal: EventSink, comment: string): void =>
  journal.append('feedback', { comment } as FeedbackRecord);
const putText = (journal: EventSink, answer: string): void =>
  journal.append('text', { answer } as TextRecord);

function kept(log: LogName = 'journal'): unknown[] {
  const found: unknown[] = [];
  for (let from = JOURNAL_START; ; ) {
    const page = readJournal({ folder, log, from });
    for (const { frame } of page.frames) {
      found.push((frame.record as FeedbackRecord).comment ?? (frame.record as TextRecord).answer);
    }
    if (page.isAtEnd) return found;
    from = page.next;
  }
}
const files = (): string[] => readdirSync(folder).sort();

function full(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}

/** A disk with so many bytes; what does not fit is cut off, as the kernel does. */
function smallDisk(bytes: number) {
  const disk = { freeBytes: bytes, writes: 0 };
  const ends = new Map<number, number>();
  const fs: Partial<LogFs> = {
    writeSync: ((fd: number, buffer: Buffer, from: number, length: number, position: number) => {
      disk.writes += 1;
      const end = ends.get(fd) ?? 0;
      const fitting = Math.min(length, end - position + disk.freeBytes);
      if (fitting <= 0) full();
      const written = nodeFs.writeSync(fd, buffer, from, fitting, position);
      disk.freeBytes -= position + written - end;
      ends.set(fd, position + written);
      return written;
    }) as LogFs['writeSync'],
    ftruncateSync: (fd, size) => {
      disk.freeBytes += (ends.get(fd) ?? 0) - (size ?? 0);
      ends.set(fd, size ?? 0);
      nodeFs.ftruncateSync(fd, size);
    },
  };
  return { disk, fs };
}

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
