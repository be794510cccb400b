import type { Crossing } from '../domain/experiment/metric-reading.ts';

/** What was clear at some look at an experiment: it stays clear, whatever comes later. */
export interface ExperimentMemory {
  crossings(experimentId: string): readonly Crossing[];
  /** Of a metric, arm and verdict the first that was kept stays. */
  keep(experimentId: string, crossings: readonly Crossing[]): void;
  close(): void;
}
