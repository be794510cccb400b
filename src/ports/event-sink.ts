import type { FrameKind, NewRecords } from '../contract/frame.ts';

/** What happened, one frame each: the journal's writing end. */
export interface EventSink {
  /**
   * Takes one record, which is with the operating system at the end of this turn of the event loop; the disk follows
   * within 200 ms. Texts go to a log of their own. Never throws: a record that cannot be written is counted.
   */
  append<K extends FrameKind>(kind: K, record: NewRecords[K]): void;
  /**
   * Runs `work`, such as an answer's last bytes, when all records taken so far are with the operating system, or where
   * the settings ask for it on the disk; also when they could not be written. Work runs in the order given.
   */
  whenWritten(work: () => void): void;
  /** Records that could not be kept since the start: events, and texts. */
  readonly dropped: number;
  readonly droppedTexts: number;
  /** Age of the oldest record that is not yet known to be on the disk; 0 when all are. */
  readonly unsyncedMs: number;
  /** True while events reach the operating system. */
  readonly writable: boolean;
  close(): Promise<void>;
}
