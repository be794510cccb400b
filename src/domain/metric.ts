import type { ErrorClass } from './error-class.ts';
import type { AttemptSums, ClosedSessionSums } from './model-sums.ts';

/** Classes that say nothing about how well a model works; they are taken out of the requests too (CONTRACT §6). */
export const NEUTRAL_CLASSES: ReadonlySet<string> = new Set<ErrorClass>([
  'client_abort',
  'rejected',
  'rate_limited',
  'bad_request',
]);

/** Counts and sums of one model in one range, from which every metric comes. */
export interface MetricSums {
  readonly attempts: AttemptSums;
  readonly sessions: ClosedSessionSums;
}

/** A figure with the number of observations that it rests on, or the word that there are none; never a zero for nothing. */
export type MetricValue =
  | {
      readonly status: 'ok';
      readonly value: number;
      readonly samples: number;
      /** Share of what could have been observed that was, 0–1; where a metric has such a share. */
      readonly coverage?: number;
    }
  | { readonly status: 'no_data' };

export type MetricUnit = 'ratio' | 'count' | 'ms' | 'tokens_per_second' | 'tokens' | 'rounds' | 'points';

export interface Metric {
  readonly unit: MetricUnit;
  /** What one sample is. */
  readonly of: 'attempt' | 'good_answer' | 'session' | 'round' | 'rating' | 'review';
  readonly better: 'lower' | 'higher' | 'neither';
  readonly name: { readonly en: string; readonly zh: string };
  readonly value: (sums: MetricSums) => MetricValue;
}

const NO_DATA: MetricValue = { status: 'no_data' };

const share = (part: number, samples: number): MetricValue =>
  samples > 0 ? { status: 'ok', value: part / samples, samples } : NO_DATA;

const quantile = (value: number | null, samples: number): MetricValue =>
  value === null || samples === 0 ? NO_DATA : { status: 'ok', value, samples };

/** Failures, of one kind or of all, and the attempts that count: neutral ones are in neither. */
function failuresOf({ attempts }: MetricSums, isMeant: (errorClass: string) => boolean = () => true) {
  let failures = 0;
  let counted = attempts.attempts;
  for (const [errorClass, count] of Object.entries(attempts.errors)) {
    if (NEUTRAL_CLASSES.has(errorClass)) counted -= count;
    else if (isMeant(errorClass)) failures += count;
  }
  return { failures, counted };
}

function errorCount(sums: MetricSums): MetricValue {
  const { failures, counted } = failuresOf(sums);
  return counted > 0 ? { status: 'ok', value: failures, samples: counted } : NO_DATA;
}

function errorShare(sums: MetricSums, isMeant?: (errorClass: string) => boolean): MetricValue {
  const { failures, counted } = failuresOf(sums, isMeant);
  return share(failures, counted);
}

function taskCompletion({ sessions: { withIntent, judged, judgedYes } }: MetricSums): MetricValue {
  const value = share(judgedYes, judged);
  return value.status === 'ok' && withIntent > 0 ? { ...value, coverage: judged / withIntent } : value;
}

const attemptRate = { unit: 'ratio', of: 'attempt', better: 'lower' } as const;
const duration = { unit: 'ms', of: 'good_answer', better: 'lower' } as const;
const sessionRate = { unit: 'ratio', of: 'session' } as const;
/** Reviews are no part of the sums: without a review there is nothing to show. */
const review = { unit: 'ratio', of: 'review', value: () => NO_DATA } as const;

/** Every metric of CONTRACT §6, once: gates, series, experiments, tables and exports read it from here. */
export const METRICS = {
  error_rate: {
    ...attemptRate,
    name: { en: 'Error rate', zh: '错误率' },
    value: (sums) => errorShare(sums),
  },
  error_count: {
    ...attemptRate,
    unit: 'count',
    name: { en: 'Errors', zh: '错误数' },
    value: errorCount,
  },
  timeout_rate: {
    ...attemptRate,
    name: { en: 'Timeout rate', zh: '超时率' },
    value: (sums) => errorShare(sums, (errorClass) => errorClass.startsWith('timeout_')),
  },
  latency_mean: {
    ...duration,
    name: { en: 'Mean latency', zh: '平均延迟' },
    value: ({ attempts: { latencyMs } }) => share(latencyMs.sum, latencyMs.count),
  },
  latency_p50: {
    ...duration,
    name: { en: 'Median latency', zh: '延迟中位数' },
    value: ({ attempts: { latencyMs } }) => quantile(latencyMs.p50, latencyMs.count),
  },
  latency_p95: {
    ...duration,
    name: { en: 'Latency p95', zh: '延迟 P95' },
    value: ({ attempts: { latencyMs } }) => quantile(latencyMs.p95, latencyMs.count),
  },
  latency_p99: {
    ...duration,
    name: { en: 'Latency p99', zh: '延迟 P99' },
    value: ({ attempts: { latencyMs } }) => quantile(latencyMs.p99, latencyMs.count),
  },
  ttft_mean: {
    ...duration,
    name: { en: 'Mean time to first token', zh: '平均首 token 时间' },
    value: ({ attempts: { ttftMs } }) => share(ttftMs.sum, ttftMs.count),
  },
  ttft_p50: {
    ...duration,
    name: { en: 'Median time to first token', zh: '首 token 时间中位数' },
    value: ({ attempts: { ttftMs } }) => quantile(ttftMs.p50, ttftMs.count),
  },
  ttft_p95: {
    ...duration,
    name: { en: 'Time to first token p95', zh: '首 token 时间 P95' },
    value: ({ attempts: { ttftMs } }) => quantile(ttftMs.p95, ttftMs.count),
  },
  ttft_p99: {
    ...duration,
    name: { en: 'Time to first token p99', zh: '首 token 时间 P99' },
    value: ({ attempts: { ttftMs } }) => quantile(ttftMs.p99, ttftMs.count),
  },
  tokens_per_second: {
    unit: 'tokens_per_second',
    of: 'good_answer',
    better: 'higher',
    name: { en: 'Tokens per second', zh: '每秒 token 数' },
    value: ({ attempts: { completionTokens, writingMs, answersWithUsage } }) =>
      quantile(writingMs > 0 ? (completionTokens * 1_000) / writingMs : null, answersWithUsage),
  },
  tokens_per_answer: {
    unit: 'tokens',
    of: 'good_answer',
    better: 'neither',
    name: { en: 'Tokens per answer', zh: '每次回答 token 数' },
    value: ({ attempts: { completionTokens, answersWithUsage } }) =>
      share(completionTokens, answersWithUsage),
  },
  completion_rate: {
    ...sessionRate,
    better: 'higher',
    name: { en: 'Completion rate', zh: '会话完成率' },
    value: ({ sessions: { completed, closed } }) => share(completed, closed),
  },
  abandon_rate: {
    ...sessionRate,
    better: 'lower',
    name: { en: 'Abandon rate', zh: '会话放弃率' },
    value: ({ sessions: { abandoned, closed } }) => share(abandoned, closed),
  },
  follow_up_rate: {
    unit: 'ratio',
    of: 'round',
    better: 'lower',
    name: { en: 'Follow-up rate', zh: '追问率' },
    value: ({ sessions: { followUps, laterRounds } }) => share(followUps, laterRounds),
  },
  task_completion: {
    ...sessionRate,
    better: 'higher',
    name: { en: 'Task completion', zh: '任务完成率' },
    value: taskCompletion,
  },
  session_depth: {
    unit: 'rounds',
    of: 'session',
    better: 'neither',
    name: { en: 'Session depth', zh: '会话深度' },
    value: ({ sessions: { rounds, closed } }) => share(rounds, closed),
  },
  session_stay: {
    unit: 'ms',
    of: 'session',
    better: 'neither',
    name: { en: 'Session stay', zh: '会话停留时长' },
    value: ({ sessions: { stayMs, closed } }) => share(stayMs, closed),
  },
  rating: {
    unit: 'points',
    of: 'rating',
    better: 'higher',
    name: { en: 'Mean rating', zh: '平均评分' },
    value: ({ sessions: { ratingSum, ratings } }) => share(ratingSum, ratings),
  },
  review_accuracy: { ...review, better: 'higher', name: { en: 'Accuracy in review', zh: '评审：准确' } },
  review_instruction_following: {
    ...review,
    better: 'higher',
    name: { en: 'Instructions followed in review', zh: '评审：遵循指令' },
  },
  review_redundancy: { ...review, better: 'lower', name: { en: 'Redundancy in review', zh: '评审：冗余' } },
} as const satisfies Record<string, Metric>;

export type MetricId = keyof typeof METRICS;
export const METRIC_IDS = Object.keys(METRICS) as readonly MetricId[];

/** The figure of one metric; `sums` are those of one model in one range. */
export function metricValue(id: MetricId, sums: MetricSums): MetricValue {
  return METRICS[id].value(sums);
}
