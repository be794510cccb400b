/** When Sluice first saw a user id; survives restarts. */
export interface FirstSeen {
  /** Epoch milliseconds of the first sight of `userId`; records `nowMs` when it is new. */
  firstSeenMs(userId: string, nowMs: number): number;
  close(): Promise<void>;
}
