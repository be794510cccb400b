import nodeFs, { existsSync, rmSync } from 'node:fs';
import type { JournalSettings } from '../../domain/config.ts';
import type { Frames } from './frame-batch.ts';
import { type LogName, segmentNumbers, segmentPath, syncFolder } from './segment-files.ts';
import { type Appended, beginSegment, type LogFs, type SegmentWriter } from './segment-writer.ts';

export interface LogWriterOptions {
  readonly folder: string;
  readonly log: LogName;
  settings(): JournalSettings;
  nowMs(): number;
  /** Told when records stop or start again to reach the operating system, and when the disk fails. */
  report(message: string): void;
  readonly fs?: LogFs;
}

/** One log: appends to its newest segment, and begins a new one when that is full, old or broken. */
export interface LogWriter {
  /** Hands frames to the operating system. Never throws; what cannot be written is counted. */
  write(frames: Frames): void;
  /** Brings to the disk all that was written so far, then calls `done`, also when the disk fails. */
  sync(done: () => void): void;
  readonly needsSync: boolean;
  /** Every second or so: tries again what failed, closes a segment that is old. True when one was closed since. */
  tick(): boolean;
  /** Ends the newest segment. Gives its number: up to it, nobody writes to any segment any more. */
  seal(): number;
  readonly dropped: number;
  readonly writable: boolean;
  close(): void;
}

/**
 * Opens a log with a segment of its own: a segment is written by one process, and what another left is never changed,
 * whatever state it is in. So a place in the log means one frame for ever.
 * Throws when the folder cannot be written: a gateway must not start without its record.
 */
export function openLogWriter(options: LogWriterOptions): LogWriter {
  const { log, report } = options;
  const segments = createSegments(options);
  let isFailing = false;
  let dropped = 0;
  let droppedBefore = 0; // the present trouble

  const fail = (cause: unknown, lost: number): void => {
    if (!isFailing) {
      report(`the ${log} cannot be written: ${String(cause)}`);
      droppedBefore = dropped;
    }
    isFailing = true;
    dropped += lost;
  };
  /** What is left after a write that failed: where not all of it fits on the disk any more, some may. */
  const appendSingly = (frames: Frames, from: number): void => {
    let start = from;
    for (const end of frames.ends) {
      if (end <= start) continue;
      const { error } = segments.append(frames, start, end);
      if (error !== null) fail(error, 1);
      start = end;
    }
  };

  return {
    write(frames) {
      const size = frames.ends.at(-1) ?? 0;
      if (isFailing) {
        dropped += frames.ends.length;
        return;
      }
      const fault = segments.makeRoom(size);
      if (fault !== null) {
        fail(fault, frames.ends.length);
        return;
      }
      const { end, error } = segments.append(frames, 0, size);
      if (error !== null) appendSingly(frames, end);
    },
    sync: segments.sync,
    get needsSync() {
      return segments.needsSync;
    },
    tick() {
      segments.sealWhenGone();
      if (isFailing && segments.probe()) {
        isFailing = false;
        report(`the ${log} can be written again; ${dropped - droppedBefore} records were lost`);
      }
      segments.sealWhenDue(0);
      return segments.hasSealed();
    },
    seal: segments.sealNewest,
    get dropped() {
      return dropped;
    },
    get writable() {
      return !isFailing;
    },
    close: segments.close,
  };
}

/** The segment that is written to, and those before it that are not yet on the disk. */
interface Segments extends Pick<LogWriter, 'sync' | 'needsSync' | 'close'> {
  /** Never throws. */
  append(frames: Frames, start: number, end: number): Appended;
  sealWhenDue(moreBytes: number): void;
  sealNewest(): number;
  /** Has a segment ready that takes the bytes; gives what is in the way. */
  makeRoom(bytes: number): unknown;
  /** Somebody may remove the file, and what is written to it then is gone. */
  sealWhenGone(): void;
  /** True when the disk takes bytes again. */
  probe(): boolean;
  /** True when a segment was closed since the last call. */
  hasSealed(): boolean;
}

function createSegments({ folder, log, settings, nowMs, report, fs = nodeFs }: LogWriterOptions): Segments {
  const unsynced = new Set<SegmentWriter>();
  let number = 0;
  let current: SegmentWriter | null = begin();
  let hasSealed = false;

  function begin(): SegmentWriter {
    // Also where somebody has emptied the folder, a number never comes back.
    number = Math.max(number, segmentNumbers(folder, log).at(-1) ?? 0) + 1;
    const segment = beginSegment({ path: segmentPath(folder, log, number), nowMs: nowMs(), fs });
    syncFolder(folder);
    return segment;
  }
  const seal = (): void => {
    current?.seal();
    current = null;
    hasSealed = true;
  };

  const sealWhenDue = (moreBytes: number): void => {
    if (current === null || current.isEmpty) return;
    const { segmentBytes, segmentAgeMs } = settings();
    const isOld = nowMs() - current.startedMs >= segmentAgeMs;
    if (isOld || current.size + moreBytes > segmentBytes) seal();
  };
  const ready = (): unknown => {
    try {
      current ??= begin();
      return null;
    } catch (error) {
      return error;
    }
  };

  return {
    makeRoom(bytes) {
      sealWhenDue(bytes);
      return ready();
    },
    append(frames, start, end) {
      const error = ready();
      if (current === null) return { end: start, error };
      unsynced.add(current);
      const appended = current.append(frames, start, end);
      if (current.isBroken) seal();
      return appended;
    },
    sealWhenDue,
    sealNewest() {
      if (!current?.isEmpty) seal();
      return current === null ? number : number - 1;
    },
    sealWhenGone() {
      if (current !== null && !existsSync(current.path)) seal();
    },
    probe() {
      try {
        current ??= begin();
        current.probe();
        return true;
      } catch {
        return false;
      }
    },
    hasSealed() {
      const had = hasSealed;
      hasSealed = false;
      return had;
    },
    get needsSync() {
      return unsynced.size > 0;
    },
    sync(done) {
      const segments = [...unsynced];
      unsynced.clear();
      let left = segments.length;
      if (left === 0) done();
      for (const segment of segments) {
        segment.sync((error) => {
          if (error) {
            report(`the disk failed under the ${log}, whose last records may be lost: ${error.message}`);
            // The kernel may hold clean-looking pages that are not on disk: nothing more is entrusted to that file.
            if (segment === current) seal();
          }
          left -= 1;
          if (left === 0) done();
        });
      }
    },
    close() {
      for (const segment of unsynced) segment.syncNow();
      unsynced.clear();
      const last = current;
      seal();
      if (last?.isEmpty) rmSync(last.path, { force: true });
    },
  };
}
