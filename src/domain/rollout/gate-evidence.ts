import type { ErrorClass } from '../error-class.ts';
import type { QuantileCell, RatioCell } from '../experiment/evidence.ts';

/*
 * What an engine counts for a gate, from the beginning of the present epoch on. Only users whom the rollout assigned count,
 * and those of its control group. A request assigned to the candidate and answered by stable is a failure of the
 * candidate: else the breaker would hide what the gate looks for. A failure is infinitely slow. Sessions count once they
 * are closed, or a stage that grows fast looks bad.
 */

/**
 * Sums over users, numerator ÷ denominator: of a rate what it counts ÷ out of how many; of an absolute quantile those
 * requests that miss "latency op limit" ÷ all; of `error_count` failures of the meant classes ÷ requests.
 */
export interface RatioEvidence {
  readonly kind: 'ratio';
  readonly candidate: RatioCell;
  /** Null where the gate is not compared with stable. */
  readonly control: RatioCell | null;
  /** Of an absolute quantile with a hard limit: requests beyond that. */
  readonly beyondHardLimit: number | null;
  /** Of an absolute quantile: its value in milliseconds, to be shown. */
  readonly shownMs: number | null;
  /** Failures by class, where they are counted: an alert names the cure. */
  readonly errors: Readonly<Partial<Record<ErrorClass, number>>> | null;
}

/** Quantiles of both groups, for a quantile that is compared with stable. */
export interface QuantileEvidence {
  readonly kind: 'quantile';
  readonly candidate: QuantileCell;
  readonly control: QuantileCell;
}

export type GateEvidence = RatioEvidence | QuantileEvidence;

/** What could be counted at one time. */
export type Reading =
  | {
      readonly status: 'ok';
      /** The epoch that was counted; what belongs to another is not looked at. */
      readonly epoch: number;
      /** Requests that the rollout assigned to the candidate. */
      readonly requests: number;
      /** In the order of the stage's gates; null for one that could not be counted. */
      readonly gates: readonly (GateEvidence | null)[];
      /** Users seen; null at 100 %, where there is no control group. */
      readonly users: UserCounts | null;
    }
  | { readonly status: 'failed'; readonly detail: string };

export interface UserCounts {
  readonly candidate: number;
  readonly control: number;
  /** Among them, those who are in both. */
  readonly both: number;
}

/** Counts of requests that nobody knows the users of, as a cell: each request stands for itself. */
export function cellOfCounts(events: number, of: number): RatioCell {
  return {
    sums: {
      type: 'ratio',
      n: of,
      mSum: events,
      mSumSquares: events,
      dSum: of,
      dSumSquares: of,
      mdSum: events,
    },
    usersWithEvent: events,
  };
}
