import type { BreakerMemory, Standing } from '../domain/breaker.ts';
import type { BreakerChange } from '../domain/breaker-change.ts';

export type BreakerAction = 'open' | 'close' | 'reset';

/** What of a breaker outlives the process. Times are wall time, epoch milliseconds. */
export interface SavedBreaker extends BreakerMemory {
  readonly modelId: string;
  /** Newest first; at most `MAX_HISTORY`. */
  readonly history: readonly BreakerChange[];
}

/** Changes that are kept of each breaker; all of them stand in the audit. */
export const MAX_HISTORY = 20;

/** A breaker as it is now. */
export interface BreakerReport extends SavedBreaker {
  /** Of the window; an open one counts nothing. */
  readonly requests: number;
  readonly failures: number;
  readonly consecutiveFailures: number;
  readonly probesPassed: number;
  readonly probesUnderWay: number;
}

/** The live breakers, which the gateway owns. Each call tells or does it at once. */
export interface Breakers {
  /** How a model's breaker stands towards the next request. */
  standingOf(modelId: string): Standing;
  /** One a registered model. */
  reports(): readonly BreakerReport[];
  /** The state after it. Null where the model is not registered. */
  force(modelId: string, action: BreakerAction): BreakerReport | null;
}
