import type { Body } from '../../api/call.ts';

type Metrics = Body<'POST /experiments'>['metrics'];
export const ROLES = ['primary', 'secondary', 'guardrail'] as const;

/** What an amount beside a metric means: how much better it shall get, or how much worse it may. */
export const MEANINGS = ['none', 'absolute', 'ratio_at_most', 'margin'] as const;

/** A metric as the form has it. */
export interface MetricDraft extends Pick<Metrics[number], 'metric' | 'role'> {
  readonly meaning: (typeof MEANINGS)[number];
  readonly amount?: number | null;
}

/** What an experiment measures unless somebody says otherwise. */
export const FIRST_METRICS: readonly MetricDraft[] = [
  { metric: 'task_completion', role: 'primary', meaning: 'absolute', amount: 0.08 },
  { metric: 'follow_up_rate', role: 'primary', meaning: 'ratio_at_most', amount: 0.7 },
  { metric: 'error_rate', role: 'guardrail', meaning: 'margin', amount: 0.005 },
];

export function metricsOf(drafts: readonly MetricDraft[]): Metrics {
  return drafts.map(({ metric, role, meaning, amount }) => ({
    metric,
    role,
    ...(typeof amount === 'number' && {
      ...(meaning === 'absolute' && { target: { absolute: amount } }),
      ...(meaning === 'ratio_at_most' && { target: { ratio_at_most: amount } }),
      ...(meaning === 'margin' && { margin: amount }),
    }),
  }));
}
