import type { Reading } from '../domain/rollout/gate-evidence.ts';
import type { Traffic } from '../domain/rollout/outlook.ts';
import type { Gate } from '../domain/rollout/plan.ts';

/** What is asked of a rollout's present epoch. */
export interface GateQuestion {
  readonly rolloutId: string;
  readonly stableModelId: string;
  readonly candidateModelId: string;
  /** Counted from 0. */
  readonly stage: number;
  readonly steps: number;
  readonly epoch: number;
  /** When the epoch began, epoch milliseconds. */
  readonly epochAtMs: number;
  /** The route keeps conversations on the model that began them. */
  readonly isSticky: boolean;
  readonly gates: readonly Gate[];
}

/** What is asked before a start: the route's users as they are served by one model now. */
export interface TrafficQuestion {
  readonly routeId: string;
  /** The route's stable model. */
  readonly modelId: string;
  /** Of all stages. */
  readonly gates: readonly Gate[];
}

/** Counts for the gates of rollouts. */
export interface MetricSource {
  /** Never rejects: what cannot be counted is a reading that failed. */
  read(question: GateQuestion): Promise<Reading>;
  /** Never rejects either. `shareOf` knows the gates of the question. */
  traffic(question: TrafficQuestion): Promise<Traffic>;
}
