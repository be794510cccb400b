/** What happened, one frame each: the journal's writing end. */
export type FrameKind = 'request' | 'feedback' | 'session_end';

export interface EventSink {
  /**
   * Hands one record to the operating system before it returns (microseconds); the disk follows within 200 ms.
   * Never throws: a record that cannot be written is counted in `dropped`.
   */
  append(kind: FrameKind, record: object): void;
  readonly dropped: number;
  /** True while records reach the operating system. */
  readonly writable: boolean;
  close(): Promise<void>;
}
