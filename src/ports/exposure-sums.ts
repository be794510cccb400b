import type { Cells, HealthFacts, MetricEvidence } from '../domain/experiment/evidence.ts';
import type { MetricId } from '../domain/metric.ts';
import type { SessionRules, TimeRange } from './event-store.ts';

/** Users of an experiment by arm, or all users of a route as if they were one arm. */
export type Population =
  | {
      readonly kind: 'experiment';
      readonly id: string;
      /** Names; the control first. Users of other arms are left out. */
      readonly arms: readonly string[];
      /** Null puts everybody into the stratum `unknown`. */
      readonly newUserWithinMs: number | null;
    }
  | { readonly kind: 'route'; readonly id: string };

/** Requests, and sessions begun, in the range. */
export interface ExposureQuery extends TimeRange {
  readonly population: Population;
  /** Those that can be compared; of others, and of reviews, nothing is answered. */
  readonly metrics: readonly MetricId[];
}

/**
 * What was counted of a population, by user (CONTRACT §6, by assignment): a request that a fallback answered is an error
 * of the model that it was assigned to, and no session of it counts for quality; a failure is infinitely slow. Users seen
 * in two arms, and those whom only their key names, are in nothing but the counts of them.
 */
export interface ExposureSums {
  readonly metrics: readonly (readonly [MetricId, MetricEvidence])[];
  readonly byIntent: readonly (readonly [MetricId, readonly Cells[]])[];
  /** When the first of them came; null for nobody. */
  readonly firstAtMs: number | null;
  /** `exposures` are by the hour. */
  readonly health: Pick<
    HealthFacts,
    'exposures' | 'byStratum' | 'usersInTwoArms' | 'weakRequests' | 'answers' | 'fallbackAnswers' | 'clients'
  >;
}

/** Answers to an experiment's users that people rated. Names of arms, the control first; epoch milliseconds. */
export interface ReviewedExperiment extends TimeRange {
  readonly experimentId: string;
  readonly arms: readonly string[];
}

/** The part of the event store that is about experiments. Throws IndexUnavailable. */
export interface ExposureStore {
  exposureSums(query: ExposureQuery, rules: SessionRules): Promise<ExposureSums>;
}
