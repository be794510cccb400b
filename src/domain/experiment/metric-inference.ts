import type { ExperimentMetric } from '../experiment.ts';
import { METRICS, type MetricId } from '../metric.ts';

/** How a metric is compared between arms. */
export type Inference =
  | {
      /** Σ numerator ÷ Σ denominator over users, clustered by user. */
      readonly kind: 'ratio';
      readonly scale: 'absolute' | 'log';
      /** Whether the numerator counts some of what the denominator counts. */
      readonly isShare: boolean;
      /** Whether users with at least one bad event are counted too, for the exact test of rare events. */
      readonly hasEvents: boolean;
    }
  | { readonly kind: 'quantile'; readonly scale: 'log'; readonly p: number };

const share = { kind: 'ratio', scale: 'absolute', isShare: true, hasEvents: false } as const;
const harm = { ...share, hasEvents: true } as const;
const amount = { kind: 'ratio', scale: 'log', isShare: false, hasEvents: false } as const;
const quantile = (p: number) => ({ kind: 'quantile', scale: 'log', p }) as const;

/**
 * What an experiment can compare. Means of latency are not in it: a failure counts as infinitely slow. Neither are counts,
 * which grow with the users of an arm.
 */
const INFERENCES: Readonly<Partial<Record<MetricId, Inference>>> = {
  task_completion: share,
  completion_rate: share,
  abandon_rate: harm,
  error_rate: harm,
  timeout_rate: harm,
  follow_up_rate: { ...share, scale: 'log' },
  session_depth: amount,
  session_stay: amount,
  tokens_per_answer: amount,
  tokens_per_second: amount,
  rating: { ...amount, scale: 'absolute' },
  review_accuracy: share,
  review_instruction_following: share,
  review_redundancy: share,
  latency_p50: quantile(0.5),
  latency_p95: quantile(0.95),
  latency_p99: quantile(0.99),
  ttft_p50: quantile(0.5),
  ttft_p95: quantile(0.95),
  ttft_p99: quantile(0.99),
};

/** Null for a metric that arms cannot be compared by. */
export function inferenceOf(metric: MetricId): Inference | null {
  return INFERENCES[metric] ?? null;
}

/** The scale of a comparison: that of its target, or the one that suits the metric. */
export function scaleFor({ metric, target }: ExperimentMetric): 'absolute' | 'log' {
  const inference = inferenceOf(metric);
  if (target === null || inference?.kind === 'quantile') return inference?.scale ?? 'absolute';
  return target.kind === 'absolute' ? 'absolute' : 'log';
}

/** Which way is better. */
export type Direction = 'higher' | 'lower';

/** By the metric, or where it leaves that open by the target; null where neither says. */
export function directionOf({ metric, target }: ExperimentMetric): Direction | null {
  const { better } = METRICS[metric];
  if (better !== 'neither') return better;
  if (target === null) return null;
  if (target.kind === 'absolute') return target.value > 0 ? 'higher' : 'lower';
  return 'lower';
}

/** The target on the scale of the comparison. */
export function targetOn({ target }: ExperimentMetric): number | null {
  if (target === null) return null;
  return target.kind === 'absolute' ? target.value : Math.log(target.value);
}
