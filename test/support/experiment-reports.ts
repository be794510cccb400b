import type { ExperimentCore } from '../../src/analysis/experiments/core.ts';
import {
  completeExperiment,
  type ExperimentDocument,
  type ExperimentInput,
} from '../../src/contract/experiment.ts';
import type { RatioCell } from '../../src/domain/experiment/evidence.ts';
import type { Crossing } from '../../src/domain/experiment/metric-reading.ts';
import type { MetricId } from '../../src/domain/metric.ts';
import type { ExposureQuery, ExposureSums } from '../../src/ports/exposure-sums.ts';
import { evidenceOf, HOUR, START } from './experiment-scene.ts';

/** CONTRACT §4's example. */
export const INPUT: ExperimentInput = {
  id: 'qwen3-vs-qwen2',
  name: 'Qwen3 <b>against</b> Qwen2',
  route_id: 'support',
  duration: '72h',
  arms: [
    { name: 'control', model_id: 'stable', share: 20 },
    { name: 'treatment', model_id: 'candidate', share: 20 },
  ],
  metrics: [
    { metric: 'task_completion', role: 'primary', target: { absolute: 0.08 } },
    { metric: 'follow_up_rate', role: 'primary', target: { ratio_at_most: 0.7 } },
    { metric: 'session_depth', role: 'primary', target: { absolute: 1.2 } },
    { metric: 'error_rate', role: 'guardrail', margin: 0.02 },
  ],
};

export const RUNNING: ExperimentDocument = {
  ...completeExperiment(INPUT, 'salt'),
  status: 'running',
  started_at: new Date(START).toISOString(),
  ends_at: new Date(START + 72 * HOUR).toISOString(),
};

/** The sums of a simulated experiment, as an engine gives them. */
export function sumsOf(
  scene: Parameters<typeof evidenceOf>[0],
  more: Partial<ExposureSums> = {},
): ExposureSums {
  const { metrics, byIntent, health } = evidenceOf(scene);
  return { metrics: [...metrics], byIntent: [...byIntent], firstAtMs: START, health, ...more };
}

export interface FakeExperiments extends ExperimentCore {
  readonly asked: readonly ExposureQuery[];
}

/** Experiments whose index has counted what it is told to have counted. */
export function fakeExperiments(
  documents: readonly ExperimentDocument[],
  sums: (query: ExposureQuery) => ExposureSums,
  reviews: Readonly<Partial<Record<MetricId, readonly RatioCell[]>>> = {},
): FakeExperiments {
  const asked: ExposureQuery[] = [];
  const kept = new Map<string, readonly Crossing[]>();
  return {
    asked,
    store: {
      exposureSums: async (query) => {
        asked.push(query);
        return sums(query);
      },
    },
    memory: {
      crossings: (id) => kept.get(id) ?? [],
      keep: (id, crossings) => void kept.set(id, crossings),
      close: () => {},
    },
    reviews: (metric) => reviews[metric] ?? null,
    documents: () => new Map(documents.map((document) => [document.id, { document }])),
    routes: () => new Set(['support']),
  };
}

export const NO_EXPERIMENTS = fakeExperiments([], () => {
  throw new Error('there is nothing to count');
});
