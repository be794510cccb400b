export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** Why a breaker changed. */
export type BreakerReason =
  | 'error_rate'
  | 'consecutive_failures'
  | 'probe_failed'
  | 'probe_lost' // its lease ran out without a word
  | 'cooled_down'
  | 'probes_passed'
  | 'operator_open'
  | 'operator_close'
  | 'operator_reset'
  | 'switched_off'; // the model's setting `breaker.enabled`

/** One change of a breaker, in the breaker's own time. */
export interface BreakerStep {
  /** Grows with each change, also over restarts: what began in an earlier one counts for nothing any more. */
  readonly epoch: number;
  /** Epoch in which it last left CLOSED: one incident from there to the next CLOSED, however often probes fail. */
  readonly incident: number;
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason: BreakerReason;
  /** In words: "7 of 180 = 3.9 % ≥ 3.0 %". */
  readonly because: string;
  /** The same in Chinese; absent of changes that were kept before there was one. */
  readonly becauseZh?: string;
}

/** The same as a fact for everybody else. */
export interface BreakerChange extends BreakerStep {
  readonly modelId: string;
  /** Wall time, epoch milliseconds. */
  readonly atMs: number;
  /** Wall time; null unless it is open and comes back by itself. */
  readonly openUntilMs: number | null;
}
