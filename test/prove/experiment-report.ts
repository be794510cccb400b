import { join } from 'node:path';
import { openEventStore } from '../../src/adapters/duckdb/event-store.ts';
import type { AnalysisCore } from '../../src/analysis/core.ts';
import { experimentReport } from '../../src/analysis/experiments/report.ts';
import { completeExperiment } from '../../src/contract/experiment.ts';
import { NO_EXPERIMENTS } from '../support/experiment-reports.ts';
import { makeDataDir } from '../support/sluice.ts';
import { ARMS, openSegmentPen, writeCrowd } from '../support/written-events.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface ReportScale {
  /** Each conversation has three or four of them. */
  readonly events: number;
  readonly sessions: number;
  readonly limitMs: number;
}

const HOUR_MS = 3_600_000;
const FROM_MS = 1_750_000_000_000;
const TO_MS = FROM_MS + 72 * HOUR_MS;
const ID = 'large';
const TIMES = 5;

/** A report is asked for of an experiment of so many conversations, with every kind of metric in it. */
export async function proveExperimentReport({ events, sessions, limitMs }: ReportScale): Promise<Figure[]> {
  const { dataDir, remove } = await makeDataDir();
  const journalFolder = join(dataDir, 'journal');
  const pen = openSegmentPen(journalFolder);
  writeCrowd(pen, { events, seed: 2, fromMs: FROM_MS, toMs: TO_MS, experiment: ID });
  pen.close();
  const store = openEventStore({ file: join(dataDir, 'events.duckdb'), journalFolder });
  try {
    await store.caughtUp();
    const core = coreOf(store);
    const took: number[] = [];
    let report = await experimentReport(core, ID); // with all that is loaded once
    for (let time = 0; time < TIMES; time += 1) {
      const began = performance.now();
      report = await experimentReport(core, ID);
      took.push(performance.now() - began);
    }
    const query = { fromMs: FROM_MS, toMs: TO_MS };
    const sums = await store.modelSums(query, { idleMs: 900_000, nowMs: TO_MS + HOUR_MS });
    const closed = sums.reduce((sum, one) => sum + one.sessions.closed + one.sessions.mixed, 0);
    return [
      atLeast('conversations', closed, sessions),
      atLeast('metrics with numbers', report.metrics.filter(({ numbers }) => numbers !== null).length, 7),
      atMost('report, slowest', Math.max(...took), limitMs, 'ms'),
    ];
  } finally {
    await store.close();
    await remove();
  }
}

function coreOf(store: ReturnType<typeof openEventStore>): AnalysisCore {
  const draft = completeExperiment(
    {
      id: ID,
      route_id: 'support',
      duration: '72h',
      arms: ARMS.map(({ name, model }) => ({ name, model_id: model, share: 50 })),
      metrics: [
        { metric: 'task_completion', role: 'primary', target: { absolute: 0.08 } },
        { metric: 'follow_up_rate', role: 'primary', target: { ratio_at_most: 0.7 } },
        { metric: 'session_depth', role: 'primary', target: { absolute: 1.2 } },
        { metric: 'completion_rate', role: 'secondary' },
        { metric: 'abandon_rate', role: 'secondary' },
        { metric: 'rating', role: 'secondary' },
        { metric: 'error_rate', role: 'guardrail', margin: 0.005 },
        { metric: 'latency_p95', role: 'guardrail', margin: 0.1 },
        { metric: 'ttft_p95', role: 'guardrail', margin: 0.1 },
      ],
    },
    ID,
  );
  const document = { ...draft, status: 'running', started_at: new Date(FROM_MS).toISOString() } as const;
  return {
    store,
    userData: { erase: () => Promise.reject(new Error('nobody is erased here')) },
    clock: { nowMs: () => TO_MS + HOUR_MS, monotonicMs: () => performance.now() },
    modelWarnings: () => [],
    idleMs: () => 900_000,
    models: () => new Map(),
    experiments: { ...NO_EXPERIMENTS, documents: () => new Map([[ID, { document }]]), store },
  };
}
