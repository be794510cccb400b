import type { Stratum } from '../experiment.ts';
import type { MetricId } from '../metric.ts';
import type { Estimate, RatioSums } from '../stats/estimate.ts';
import type { Outcome } from '../stats/outcome.ts';

/*
 * What an engine counts of an experiment. Lists of arms are in the experiment's order, the control first. Users are left
 * out that were seen in two arms, and requests whose user was not sure; answers of a fallback are no one's quality.
 */

/** Sums over the users of one arm for whom the denominator is not zero. */
export interface RatioCell {
  readonly sums: RatioSums;
  /** Users with at least one bad event; null where nobody counts them. */
  readonly usersWithEvent: number | null;
}

/** A quantile of one arm, with the number of requests that it is of. */
export interface QuantileCell {
  readonly estimate: Outcome<Estimate>;
  readonly requests: number;
}

export type MetricEvidence =
  | { readonly kind: 'ratio'; readonly strata: readonly StratumCells[] }
  | { readonly kind: 'quantile'; readonly arms: readonly QuantileCell[] };

/** A group of users: a stratum, or an intent. */
export interface Cells<Name extends string = string> {
  readonly name: Name;
  readonly arms: readonly RatioCell[];
}
export type StratumCells = Cells<Stratum>;

/** Everything that is known of an experiment at one time. */
export interface Evidence {
  readonly metrics: ReadonlyMap<MetricId, MetricEvidence>;
  /** Metrics by intent, for looking around. */
  readonly byIntent: ReadonlyMap<MetricId, readonly Cells[]>;
  readonly health: HealthFacts;
}

/** Counts for the question whether the experiment can be trusted at all. */
export interface HealthFacts {
  /** Users exposed between looks (such as hours), by arm; oldest first. */
  readonly exposures: readonly (readonly number[])[];
  /** Users by arm in each stratum. */
  readonly byStratum: readonly { readonly stratum: Stratum; readonly users: readonly number[] }[];
  readonly usersInTwoArms: number;
  /** Requests that were left out because their user was not sure. */
  readonly weakRequests: number;
  /** Answers by arm, and those of them that a fallback gave. */
  readonly answers: readonly number[];
  readonly fallbackAnswers: readonly number[];
  /** Users by arm, by the kind of client of their first request. */
  readonly clients: readonly { readonly client: string; readonly users: readonly number[] }[];
  /** Whether ids look as if they were made anew for each session. */
  readonly idsAreUnstable: boolean;
  /** Fields of the arms' models that were edited since the start. */
  readonly editsSinceStart: readonly { readonly modelId: string; readonly field: string }[];
  /** Fields in which the arms' models differ besides their upstream model. */
  readonly differences: readonly string[];
}
