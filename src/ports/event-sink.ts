import type { FrameKind, FrameRecords } from '../contract/frame.ts';

/** What happened, one frame each: the journal's writing end. */
export interface EventSink {
  /**
   * Takes one record, which is with the operating system at the end of this turn of the event loop; the disk follows
   * within 200 ms. Never throws: a record that cannot be written is counted in `dropped`.
   */
  append<K extends FrameKind>(kind: K, record: FrameRecords[K]): void;
  /** Runs `work`, such as an answer's last bytes, when all records taken so far are with the operating system. */
  whenWritten(work: () => void): void;
  readonly dropped: number;
  /** True while records reach the operating system. */
  readonly writable: boolean;
  close(): Promise<void>;
}
