import type { Arm, Experiment, ExperimentMetric } from '../../src/domain/experiment.ts';
import type { MetricId } from '../../src/domain/metric.ts';

const HOUR_MS = 3_600_000;

export const arm = (name: string): Arm => ({ name, modelId: name, steps: 2_000 });
export const metric = (id: MetricId, more: Partial<ExperimentMetric> = {}): ExperimentMetric => ({
  metric: id,
  role: 'primary',
  target: null,
  margin: null,
  ...more,
});

/** That of CONTRACT §4. */
export const EXPERIMENT: Experiment = {
  id: 'qwen3-vs-qwen2',
  routeId: 'support',
  salt: 'salt',
  durationMs: 72 * HOUR_MS,
  arms: [arm('control'), arm('treatment')],
  strata: null,
  metrics: [
    metric('task_completion', { target: { kind: 'absolute', value: 0.08 } }),
    metric('follow_up_rate', { target: { kind: 'ratio_at_most', value: 0.7 } }),
    metric('session_depth', { target: { kind: 'absolute', value: 1.2 } }),
    metric('error_rate', { role: 'guardrail', margin: 0.02 }),
  ],
};
