/** The two clocks: wall time for records, monotonic time for durations and limits. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump. */
  nowMs(): number;
  /** Milliseconds with fractions from an arbitrary start; never goes back. */
  monotonicMs(): number;
}
