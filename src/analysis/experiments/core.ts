import type { ExperimentDocument } from '../../contract/experiment.ts';
import type { RatioCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { ExperimentMemory } from '../../ports/experiment-memory.ts';
import type { ExposureStore, ReviewedExperiment } from '../../ports/exposure-sums.ts';

/** What questions about experiments are answered from, besides the core of all questions. */
export interface ExperimentCore {
  readonly store: ExposureStore;
  readonly memory: ExperimentMemory;
  /** What people found of each arm's answers; null for a metric that reviews do not tell. */
  readonly reviews: (metric: MetricId, experiment: ReviewedExperiment) => readonly RatioCell[] | null;
  /** Experiments as the control plane has them. */
  readonly documents: () => ReadonlyMap<string, { readonly document: ExperimentDocument }>;
  readonly routes: () => ReadonlySet<string>;
}
