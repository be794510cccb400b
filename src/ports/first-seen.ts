/** When Sluice first saw a user id; survives restarts. */
export interface FirstSeen {
  /** Epoch milliseconds of the first sight of `userId`; records `nowMs` when it is new. */
  firstSeenMs(userId: string, nowMs: number): number;
  /** Forgets the first sight of `userId`, here and on the disk. False when there is none. Reads the whole list. */
  forget(userId: string): Promise<boolean>;
  close(): Promise<void>;
}
