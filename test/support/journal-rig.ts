import nodeFs, { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../src/adapters/journal/journal.ts';
import { JOURNAL_START, readJournal } from '../../src/adapters/journal/reader.ts';
import type { LogName } from '../../src/adapters/journal/segment-files.ts';
import type { LogFs } from '../../src/adapters/journal/segment-writer.ts';
import type { FeedbackRecord, TextRecord } from '../../src/contract/event.ts';
import type { JournalSettings } from '../../src/domain/config.ts';
import type { EventSink } from '../../src/ports/event-sink.ts';
import { SETTINGS } from '../config-fixture.ts';

export interface JournalSetup {
  readonly settings?: Partial<JournalSettings>;
  readonly fs?: Partial<LogFs>;
  /** Receives what the operator is told. */
  readonly told?: string[];
}

/** Journals in one folder, whose turns end when a test says so. */
export interface JournalRig {
  readonly folder: string;
  open(setup?: JournalSetup): EventSink;
  endTurn(): void;
  /** What the records of a log say, oldest first. */
  kept(log?: LogName): unknown[];
  files(): string[];
  close(): Promise<void>;
}

export function startJournalRig(): JournalRig {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
  const journals: EventSink[] = [];
  const works: (() => void)[] = [];
  return {
    folder,
    open({ settings, fs, told } = {}) {
      const journal = openJournal({
        folder,
        turn: { atEnd: (work) => void works.push(work) },
        clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
        settings: () => ({ ...SETTINGS.journal, ...settings }),
        onTrouble: (message) => told?.push(message),
        fs: { ...nodeFs, ...fs },
      });
      journals.push(journal);
      return journal;
    },
    endTurn() {
      for (const work of works.splice(0)) work();
    },
    kept(log = 'journal') {
      const found: unknown[] = [];
      for (let from = JOURNAL_START; ; ) {
        const page = readJournal({ folder, log, from });
        for (const { frame } of page.frames) {
          found.push((frame.record as FeedbackRecord).comment ?? (frame.record as TextRecord).answer);
        }
        if (page.isAtEnd) return found;
        from = page.next;
      }
    },
    files: () => readdirSync(folder).sort(),
    async close() {
      for (const journal of journals) await journal.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The journal does not look into feedback. */
export function put(journal: EventSink, comment: string): void {
  journal.append('feedback', { comment } as FeedbackRecord);
}

export function putText(journal: EventSink, answer: string): void {
  journal.append('text', { answer, messages: [] as unknown } as TextRecord);
}

export function full(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}

/** A disk with so many bytes; what does not fit is cut off, as the kernel does. */
export function smallDisk(bytes: number) {
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
