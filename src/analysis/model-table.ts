import type { ModelTable } from '../contract/analysis.ts';
import { METRIC_IDS, METRICS, type MetricId, metricValue } from '../domain/metric.ts';
import type { ModelSums } from '../ports/event-store.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { type RangeQuery, rangeOf, toldRange } from './range.ts';

/** "The last seconds": what a table shows unless told. */
const DEFAULT_WINDOW_MS = 300_000;

/** Every model that was called in the range, by id, with all metrics of the registry. */
export async function modelTable(core: AnalysisCore, query: RangeQuery): Promise<ModelTable> {
  const range = rangeOf(query, core.clock.nowMs(), DEFAULT_WINDOW_MS);
  const sums = await core.store.modelSums(range, sessionRules(core));
  const items = sums.map(figuresOf).sort((a, b) => (a.model_id < b.model_id ? -1 : 1));
  return { ...toldRange(range), items, metrics: METRIC_IDS.map(definitionOf) };
}

/** What a metric id means, for whoever shows it. */
export function definitionOf(id: MetricId) {
  const { unit, of, better, name } = METRICS[id];
  return { id, unit, of, better, name: { ...name } };
}

function figuresOf(sums: ModelSums): ModelTable['items'][number] {
  const { modelId, attempts, sessions } = sums;
  return {
    model_id: modelId,
    attempts: attempts.attempts,
    errors: { ...attempts.errors },
    closed_sessions: sessions.closed,
    mixed_sessions: sessions.mixed,
    metrics: Object.fromEntries(METRIC_IDS.map((id) => [id, metricValue(id, sums)])),
  };
}
