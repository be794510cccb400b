import type { Cells } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { TimeRange } from '../event-store.ts';
import type { ExposureSums } from '../exposure-sums.ts';
import type { ExperimentQuery } from './exposure-recount.ts';

/** One of each kind. */
const COMPARED: readonly MetricId[] = [
  'task_completion',
  'follow_up_rate',
  'session_depth',
  'abandon_rate',
  'rating',
  'error_rate',
  'timeout_rate',
  'tokens_per_second',
  'latency_p50',
  'ttft_p95',
];

/** Lists whose order means nothing are sorted, and sums rounded: engines add up in any order. */
export function comparable({ metrics, byIntent, firstAtMs, health }: ExposureSums): object {
  const told = {
    firstAtMs,
    metrics: Object.fromEntries(
      metrics.map(([id, found]) => [
        id,
        found.kind === 'ratio' ? { strata: byName(found.strata.map((one) => ({ ...one }))) } : found,
      ]),
    ),
    byIntent: Object.fromEntries(
      byIntent.flatMap(([id, cells]) => (isOfSessions(id) ? [[id, byName(cells)]] : [])),
    ),
    health: {
      ...health,
      byStratum: Object.fromEntries(health.byStratum.map(({ stratum, users }) => [stratum, users])),
      clients: Object.fromEntries(health.clients.map(({ client, users }) => [client, users])),
    },
  };
  return JSON.parse(
    JSON.stringify(told, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value)),
  );
}
const isOfSessions = (id: MetricId): boolean => COMPARED.indexOf(id) < COMPARED.indexOf('error_rate');
/** Groups in which nothing was counted may be left out. */
const byName = (cells: readonly Cells[]): object =>
  Object.fromEntries(
    cells.filter(({ arms }) => arms.some(({ sums }) => sums.n > 0)).map(({ name, arms }) => [name, arms]),
  );

export const experimentQuery = (range: TimeRange, newUserWithinMs: number | null): ExperimentQuery => ({
  ...range,
  population: { kind: 'experiment', id: 'exp', arms: ['control', 'treatment'], newUserWithinMs },
  metrics: COMPARED,
});
