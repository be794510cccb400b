import type { MetricSeries } from '../contract/analysis.ts';
import { durationMs, formatDuration } from '../contract/duration.ts';
import { invalid } from '../contract/fault.ts';
import { type MetricId, metricValue } from '../domain/metric.ts';
import type { TimeRange } from '../ports/event-store.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { definitionOf } from './model-table.ts';
import { DAY_MS, isoTime, type RangeQuery, rangeOf, toldRange } from './range.ts';

/** No screen has more points, and each is a group that the index makes for every model. */
const MAX_STEPS = 2_000;
const CHOSEN_STEPS = 300;
const CHOICES = ['1s', '5s', '15s', '1m', '5m', '15m', '1h', '3h', '12h', '1d', '7d', '30d', '365d'] as const;

export interface SeriesQuery extends RangeQuery {
  readonly metric: string;
  readonly step?: string;
  readonly model_id?: string;
}

/** One metric over time, a line for each model. Throws `invalid` for a step that makes more than 2,000 points. */
export async function series(core: AnalysisCore, query: SeriesQuery): Promise<MetricSeries> {
  const range = rangeOf(query, core.clock.nowMs(), DAY_MS);
  const step = query.step ?? chosenStep(range);
  const stepMs = durationMs(step);
  if (stepsIn(range, stepMs) > MAX_STEPS) {
    throw invalid('step', `"${step}" makes more than ${MAX_STEPS} points; "${chosenStep(range)}" fits`);
  }
  const metric = query.metric as MetricId; // its schema lists the registry
  const steps = await core.store.series(
    { ...range, stepMs, modelId: query.model_id ?? null },
    sessionRules(core),
  );
  const items = [...Map.groupBy(steps, ({ modelId }) => modelId)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model_id, ofModel]) => ({
      model_id,
      points: ofModel
        .toSorted((a, b) => a.fromMs - b.fromMs)
        .flatMap((sums) => {
          const figure = metricValue(metric, sums);
          if (figure.status === 'no_data') return [];
          return [{ time: isoTime(sums.fromMs), value: figure.value, samples: figure.samples }];
        }),
    }));
  return { metric: definitionOf(metric), ...toldRange(range), step: formatDuration(stepMs), items };
}

function stepsIn({ fromMs, toMs }: TimeRange, stepMs: number): number {
  return Math.ceil((toMs - fromMs) / stepMs);
}

/** The shortest round step that a screen has room for. */
function chosenStep(range: TimeRange): string {
  return CHOICES.find((step) => stepsIn(range, durationMs(step)) <= CHOSEN_STEPS) ?? '365d';
}
