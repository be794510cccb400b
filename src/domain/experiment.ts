import { POSITIONS, placeOf } from './bucket.ts';
import type { MetricId } from './metric.ts';

/** One of the models that are compared. The first arm of an experiment is its control. */
export interface Arm {
  readonly name: string;
  readonly modelId: string;
  /** Share of the route's users in steps of 0.01 %. */
  readonly steps: number;
}

/** What a metric is there for: it decides, it is watched, or it must not get worse. */
export type MetricRole = 'primary' | 'secondary' | 'guardrail';

/** How much better than control the operator wants it: by so much, or at most so many times control. */
export type Target =
  | { readonly kind: 'absolute'; readonly value: number }
  | { readonly kind: 'ratio_at_most'; readonly value: number };

export interface ExperimentMetric {
  readonly metric: MetricId;
  readonly role: MetricRole;
  readonly target: Target | null;
  /** How much worse a guardrail may get: in the metric's unit, or as a share of control where it is compared so. */
  readonly margin: number | null;
}

/** New and returning users, told apart at their first exposure. */
export interface StrataConfig {
  readonly newUserWithinMs: number;
  /** Fixed shares of both in the read-out; null takes them as they come. */
  readonly weights: { readonly new: number; readonly returning: number } | null;
}

/** A fixed comparison of models on randomly chosen users of one route. Nothing of it changes after its start. */
export interface Experiment {
  readonly id: string;
  readonly routeId: string;
  /** Mixed into the hash, so that being in an arm tells nothing of the route's split or of another experiment. */
  readonly salt: string;
  readonly durationMs: number;
  readonly arms: readonly Arm[];
  readonly strata: StrataConfig | null;
  readonly metrics: readonly ExperimentMetric[];
}

/** Where arm `index` of `arms` begins; equally far apart, so that growing a share moves nobody between arms. */
export function firstPosition(index: number, arms: number): number {
  return Math.ceil((index * POSITIONS) / arms);
}

/** The most that each of so many arms can have: up to where the next begins. */
export function mostSteps(arms: number): number {
  return Math.floor(POSITIONS / arms);
}

/**
 * The arm of a position on the experiment's own salt, or null for those who go on with the route. Arm i of n owns the
 * positions from i·10000/n on, as many as its share has steps.
 */
export function armAt<A extends Arm>(arms: readonly A[], position: number): A | null {
  const index = Math.floor((position * arms.length) / POSITIONS);
  const arm = arms[index];
  return arm !== undefined && position < firstPosition(index, arms.length) + arm.steps ? arm : null;
}

/** The arm of a user; the same for the same id as long as the experiment lives. */
export function armOf<A extends Arm>(
  { salt, arms }: { readonly salt: string; readonly arms: readonly A[] },
  userId: string,
): A | null {
  return armAt(arms, placeOf(userId, salt).position);
}

export type Stratum = 'new' | 'returning' | 'unknown';

export interface UserTimes {
  /** As the caller told it; null when it did not. */
  readonly createdAtMs: number | null;
  /** When Sluice saw the id for the first time. */
  readonly firstSeenMs: number;
  /** The first request of the user that the experiment decided. */
  readonly exposedAtMs: number;
  /** Since when Sluice has been watching: who came before looks new to it. */
  readonly watchingSinceMs: number;
}

/** Whether a user was new when the experiment first touched them. Fixed at that time: nobody grows out of a stratum. */
export function stratumOf(times: UserTimes, newUserWithinMs: number): Stratum {
  const { createdAtMs, firstSeenMs, exposedAtMs, watchingSinceMs } = times;
  if (createdAtMs !== null) return exposedAtMs - createdAtMs < newUserWithinMs ? 'new' : 'returning';
  if (exposedAtMs - watchingSinceMs < newUserWithinMs) return 'unknown';
  return exposedAtMs - firstSeenMs < newUserWithinMs ? 'new' : 'returning';
}
