import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { framePieces } from '../../contract/frame.ts';
import type { JournalSettings } from '../../domain/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Turn } from '../../ports/turn.ts';
import { openLog } from './log.ts';
import { createRelease } from './release.ts';
import { expiredSegments } from './retention.ts';
import { type LogName, segmentFiles, segmentPath } from './segment-files.ts';
import type { LogFs } from './segment-writer.ts';

const TICK_MS = 1_000;
/** Looking through the folder takes a stat for each segment. */
const TIDY_EVERY_TICKS = 60;

export interface JournalOptions {
  /** Folder of the segments; made when absent. */
  readonly folder: string;
  readonly turn: Turn;
  readonly clock: Clock;
  /** The settings in force. */
  settings(): JournalSettings;
  /** Told when records stop or start again to reach the operating system, and when texts do. */
  readonly onTrouble?: (message: string) => void;
  readonly fs?: LogFs;
}

export interface Journal extends EventSink {
  /** Ends the segments that are written to. Gives the newest of each log that nobody writes to any more. */
  seal(): Readonly<Record<LogName, number>>;
}

/**
 * Opens the journal for appending: one log for events, one beside it for texts.
 * Throws when the folder cannot be made or written: a gateway must not start without its record.
 */
export function openJournal(options: JournalOptions): Journal {
  const { folder, turn, clock, settings } = options;
  const report = options.onTrouble ?? (() => {});
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const shared = {
    folder,
    settings,
    nowMs: () => clock.nowMs(),
    report,
    ...(options.fs && { fs: options.fs }),
  };
  const events = openLog({ ...shared, log: 'journal' });
  const texts = openLog({ ...shared, log: 'texts' });
  const logs = [events, texts];
  const release = createRelease({ turn, logs, waitsForDisk: () => settings().sync });
  let hasSpace = true;
  let ticks = 0;

  const tick = (): void => {
    ticks += 1;
    const closed = logs.filter((log) => log.tick());
    try {
      const space = hasFree(folder, settings().minFreeBytes);
      if (space !== hasSpace)
        report(space ? 'texts are kept again' : 'the disk is nearly full: texts are not kept');
      hasSpace = space;
      if (closed.length > 0 || ticks % TIDY_EVERY_TICKS === 0) tidy(folder, settings(), clock.nowMs());
    } catch (error) {
      report(`the journal's folder cannot be looked after: ${String(error)}`);
    }
  };
  tick();
  const ticking = setInterval(tick, TICK_MS).unref();

  return {
    append(kind, record) {
      const log = kind === 'text' ? texts : events;
      if (kind === 'text' && !hasSpace) {
        log.drop();
        return;
      }
      try {
        log.add(framePieces(kind, record));
        release.flushLater();
      } catch (error) {
        log.drop();
        report(`a record could not be kept: ${String(error)}`);
      }
    },
    whenWritten: release.whenWritten,
    seal: () => ({ journal: events.seal(), texts: texts.seal() }),
    get dropped() {
      return events.dropped;
    },
    get droppedTexts() {
      return texts.dropped;
    },
    get unsyncedMs() {
      return release.unsyncedMs();
    },
    get writable() {
      return events.writable;
    },
    async close() {
      clearInterval(ticking);
      release.close();
    },
  };
}

function hasFree(folder: string, bytes: number): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= bytes;
}

function tidy(folder: string, settings: JournalSettings, nowMs: number): void {
  const kept = { events: segmentFiles(folder, 'journal'), texts: segmentFiles(folder, 'texts') };
  for (const { log, number } of expiredSegments(kept, settings, nowMs)) {
    rmSync(segmentPath(folder, log, number), { force: true });
  }
}
