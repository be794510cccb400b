/** How often something was done today, by the UTC day; survives restarts and crashes. */
export interface DayCount {
  /** Of the day of `nowMs` (epoch milliseconds). */
  at(nowMs: number): number;
  /** Counts one more, on the disk's way before it returns. Never throws. */
  add(nowMs: number): void;
  close(): void;
}
