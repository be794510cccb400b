import type { Logger } from 'pino';
import { openEventStore } from '../adapters/duckdb/event-store.ts';
import { openErasure } from '../adapters/journal/erasure.ts';
import type { Journal } from '../adapters/journal/journal.ts';
import { openExperimentMemory } from '../adapters/sqlite/experiment-memory.ts';
import { createAnalysis } from '../analysis/analysis.ts';
import { createMetricSource } from '../analysis/rollouts/metric-source.ts';
import type { Control } from '../control/control.ts';
import { reviewEvidence, reviewedArms } from '../control/reviews/evidence.ts';
import { withdrawUser } from '../control/reviews/withdraw.ts';
import type { MetricId } from '../domain/metric.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Analysis } from '../ports/analysis.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, IndexState } from '../ports/event-store.ts';
import type { FirstSeen } from '../ports/first-seen.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { DataFolder } from './data-folder.ts';
import { watchModels } from './model-watch.ts';
import { createUserEraser } from './user-eraser.ts';

export interface AnalysisParts {
  readonly folder: DataFolder;
  readonly control: Pick<Control, 'core'>;
  readonly gateway: Gateway;
  readonly journal: Journal;
  readonly firstSeen: FirstSeen;
  readonly clock: Clock;
  readonly logger: Logger;
  snapshot(): Snapshot;
}

export interface OpenAnalysis {
  readonly analysis: Analysis;
  /** For who counts without being asked. */
  readonly store: Pick<EventStore, 'modelSums' | 'drawAnswers' | 'session' | 'said' | 'caughtUp'>;
  /** For who decides about rollouts. */
  readonly metrics: MetricSource;
  /** Rejects while the index cannot tell. */
  indexState(): Promise<IndexState>;
  close(): Promise<void>;
}

/** The analysis plane on the index of the journal, and what looks after both. An erasure that was cut off goes on. */
export function openAnalysis(parts: AnalysisParts): OpenAnalysis {
  const { folder, gateway, journal, firstSeen, clock, logger, snapshot } = parts;
  const core = () => parts.control.core();
  const store = openEventStore({
    file: folder.indexFile,
    journalFolder: folder.journalFolder,
    onTrouble: (message) => logger.error(message),
  });
  const erasure = openErasure(folder.journalFolder);
  const userData = createUserEraser({
    gateway,
    journal,
    erasure,
    firstSeen,
    store,
    reviews: {
      beginErasure: (userId) => core().reviewDesk.beginErasure(userId),
      withdraw: (userId) => withdrawUser(core(), userId),
    },
  });
  userData
    .resume()
    .catch((err: unknown) => logger.error({ err }, 'an erasure failed; the next start goes on'));
  const reviews = (metric: MetricId, modelId: string, sinceMs: number) =>
    reviewEvidence(core().door.state(), metric, { modelId, sinceMs });
  const memory = openExperimentMemory(folder.controlFile);
  const models = watchModels({ models: () => snapshot().models.values() });
  const idleMs = () => snapshot().settings.sessionIdleMs;
  return {
    store,
    metrics: createMetricSource({ store, clock, idleMs, reviews }),
    analysis: createAnalysis({
      store,
      userData,
      clock,
      idleMs,
      modelWarnings: models.warnings,
      models: () => snapshot().models,
      experiments: {
        store,
        memory,
        reviews: (metric, experiment) => reviewedArms(core().door.state(), metric, experiment),
        documents: () => core().door.state().experiments,
        routes: () => new Set(snapshot().routes.map(({ route }) => route.id)),
      },
    }),
    indexState: () => store.state(),
    async close() {
      models.close();
      erasure.close();
      await userData.idle();
      await store.close();
      memory.close();
    },
  };
}
