import type { ErrorClass } from '../error-class.ts';
import type { MetricId } from '../metric.ts';

export type Comparison = '<' | '<=' | '>' | '>=';

/** A metric with a limit. */
export interface Gate {
  readonly metric: MetricId;
  /** The candidate's value ÷ that of the control group in the same minutes is held against the limit. */
  readonly isVsStable: boolean;
  /** Of `error_count`: the failures that are meant; null for all. */
  readonly classes: readonly ErrorClass[] | null;
  readonly op: Comparison;
  /** In the metric's unit (a share is 0–1); "times stable" where it is compared with stable. */
  readonly limit: number;
  /** `point`: the value is within the limit and rests on enough samples. `confident`: so is the bound of its interval. */
  readonly mode: 'point' | 'confident';
  readonly minSamples: number;
  /** Beyond it the rollout is aborted at once; null for none. */
  readonly hardLimit: number | null;
  readonly onFail: 'abort' | 'hold' | 'warn';
  /** What not knowing does once all else has passed. */
  readonly onNoData: 'hold' | 'warn';
}

/** One share of users, and what must be so before the next. */
export interface Stage {
  /** Share of the candidate in steps of 0.01 %. */
  readonly steps: number;
  /** How long the stage lasts at least, in observed time. */
  readonly holdMs: number;
  /** For how long after any change nothing is decided but to stop. */
  readonly quietMs: number;
  /** Observed time after which waiting for evidence is told as a hold of its own. */
  readonly maxWaitMs: number;
  readonly needsApproval: boolean;
  readonly gates: readonly Gate[];
}

/** A release from stable to candidate; frozen when it starts. */
export interface Plan {
  readonly id: string;
  readonly routeId: string;
  readonly stableModelId: string;
  readonly candidateModelId: string;
  readonly stages: readonly Stage[];
}

/** The stage at an index; throws where there is none: who holds a state of the plan has one. */
export function stageAt({ stages }: Pick<Plan, 'stages'>, index: number): Stage {
  const stage = stages[index];
  if (stage === undefined) throw new RangeError(`the plan has ${stages.length} stages, none at ${index}`);
  return stage;
}
