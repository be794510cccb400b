import type { ExperimentDocument } from '../../contract/experiment.ts';
import type { ExperimentMemory } from '../../ports/experiment-memory.ts';
import type { ExposureStore } from '../../ports/exposure-sums.ts';

/** What questions about experiments are answered from, besides the core of all questions. */
export interface ExperimentCore {
  readonly store: ExposureStore;
  readonly memory: ExperimentMemory;
  /** Experiments as the control plane has them. */
  readonly documents: () => ReadonlyMap<string, { readonly document: ExperimentDocument }>;
  readonly routes: () => ReadonlySet<string>;
}
