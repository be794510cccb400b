import type { Turn } from '../../ports/turn.ts';
import type { Log } from './log.ts';

/** With the disk's own time, a record is safe within 200 ms; syncing more often costs more than all the writing. */
const SYNC_AFTER_MS = 150;

export interface ReleaseOptions {
  readonly turn: Turn;
  readonly logs: readonly Log[];
  /** True when work has to wait for the disk. */
  waitsForDisk(): boolean;
}

/** Decides when records are written and synced, and lets go of the work that waits for them. */
export interface Release {
  /** Something was added to a log: writes it at the end of this turn. */
  flushLater(): void;
  whenWritten(work: () => void): void;
  /** Age of the oldest record that is not yet known to be on the disk; 0 when all are. */
  unsyncedMs(): number;
  /** Writes what is there, brings it to the disk, and lets all work go. */
  close(): void;
}

export function createRelease({ turn, logs, waitsForDisk }: ReleaseOptions): Release {
  let isFlushDue = false;
  let syncDue: NodeJS.Timeout | null = null;
  let isSyncing = false;
  let waiting: (() => void)[] = []; // for the disk; bounded by the requests in progress
  let held = 0; // these, and those of the sync under way
  let unsyncedSinceMs: number | null = null;
  let syncingSinceMs: number | null = null; // what the sync under way brings to the disk

  const flush = (): void => {
    isFlushDue = false;
    for (const log of logs) log.flush();
    if (unsyncedSinceMs === null && logs.some((log) => log.needsSync)) unsyncedSinceMs = performance.now();
    if (isSyncing) return;
    if (waiting.length > 0) sync();
    else if (syncDue === null && unsyncedSinceMs !== null) {
      syncDue = setTimeout(sync, SYNC_AFTER_MS).unref();
    }
  };
  const sync = (): void => {
    if (syncDue !== null) clearTimeout(syncDue);
    syncDue = null;
    isSyncing = true;
    [syncingSinceMs, unsyncedSinceMs] = [unsyncedSinceMs, null];
    const works = waiting;
    waiting = [];
    let left = logs.length;
    const done = (): void => {
      left -= 1;
      if (left > 0) return;
      isSyncing = false;
      syncingSinceMs = null;
      held -= works.length;
      for (const work of works) turn.atEnd(work);
      flush(); // what came in the meantime
    };
    for (const log of logs) log.sync(done);
  };
  const flushLater = (): void => {
    if (isFlushDue) return;
    isFlushDue = true;
    turn.atEnd(flush);
  };

  return {
    flushLater,
    whenWritten(work) {
      flushLater();
      // Where the setting has just changed, what waits already stays ahead.
      if (waitsForDisk() || held > 0) {
        held += 1;
        waiting.push(work);
      } else turn.atEnd(work); // behind the flush
    },
    unsyncedMs() {
      const sinceMs = syncingSinceMs ?? unsyncedSinceMs;
      return sinceMs === null ? 0 : performance.now() - sinceMs;
    },
    close() {
      if (syncDue !== null) clearTimeout(syncDue);
      for (const log of logs) log.close();
      held -= waiting.length;
      for (const work of waiting) turn.atEnd(work);
      waiting = [];
    },
  };
}
