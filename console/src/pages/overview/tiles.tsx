import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { figureOf } from '../../parts/metric-text.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { STEP_OF, type Window } from '../../parts/window-choice.tsx';
import { useLook } from '../../style/theme.tsx';

const EVERY_MS = 10_000;
type Table = Answer<'GET /metrics/models'>;
type Points = Answer<'GET /metrics/series'>['items'];

/** The figures of all models together, with their shape over the window. */
export function Tiles({ table, window }: { readonly table: Table; readonly window: Window }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { palette } = useLook();
  const read = (metric: 'error_rate' | 'latency_p95' | 'ttft_p50') =>
    ({ query: { metric, window, step: STEP_OF[window] }, everyMs: EVERY_MS }) as const;
  const errors = useApi('GET /metrics/series', read('error_rate')).data?.items ?? [];
  const latency = useApi('GET /metrics/series', read('latency_p95')).data?.items ?? [];
  const ttft = useApi('GET /metrics/series', read('ttft_p50')).data?.items ?? [];
  const breakers = useApi('GET /breakers', { query: ALL, everyMs: EVERY_MS }).data?.items ?? [];
  const open = breakers.filter(({ state }) => state !== 'CLOSED').length;
  const attempts = table.items.reduce((sum, { attempts: of }) => sum + of, 0);
  const rate = meanOf(table, 'error_rate');
  const worst = worstOf(table, 'latency_p95');
  const first = worstOf(table, 'ttft_p50');
  const dash = (value: number | null, show: (value: number) => string): string =>
    value === null ? '–' : show(value);
  return (
    <div className="tiles">
      <Tile name={t('tiles.requests')} value={format.count(attempts)}>
        <Sparkline values={steps(errors, ({ samples }) => samples, sum)} colour={palette.series[0] ?? ''} />
      </Tile>
      <Tile
        name={t('tiles.errorRate')}
        value={dash(rate, format.share)}
        tone={rate !== null && rate >= 0.03 ? 'bad' : ''}
      >
        <Sparkline values={meanSteps(errors)} colour={palette.bad} />
      </Tile>
      <Tile name={t('tiles.p95')} value={dash(worst, format.duration)}>
        <Sparkline values={steps(latency, ({ value }) => value, max)} colour={palette.series[1] ?? ''} />
      </Tile>
      <Tile name={t('tiles.ttft')} value={dash(first, format.duration)}>
        <Sparkline values={steps(ttft, ({ value }) => value, max)} colour={palette.series[2] ?? ''} />
      </Tile>
      <Tile name={t('tiles.breakers')} value={`${open} / ${breakers.length}`} tone={open > 0 ? 'bad' : ''}>
        <span className="muted small">{t('tiles.breakersOf')}</span>
      </Tile>
    </div>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: string;
  readonly children: ReactNode;
}

function Tile({ name, value, tone = '', children }: TileProps): ReactNode {
  return (
    <div className="tile">
      <span className="tile-name">{name}</span>
      <span className={`tile-value ${tone}`}>{value}</span>
      {children}
    </div>
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const max = (values: readonly number[]): number => Math.max(...values);

type Point = Points[number]['points'][number];

/** One value a step, of all models that had one. */
function steps(
  items: Points,
  of: (point: Point) => number,
  join: (values: readonly number[]) => number,
): number[] {
  const byTime = Map.groupBy(
    items.flatMap(({ points }) => points),
    ({ time }) => time,
  );
  return [...byTime].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, points]) => join(points.map(of)));
}

function meanSteps(items: Points): number[] {
  const failed = steps(items, ({ value, samples }) => value * samples, sum);
  const all = steps(items, ({ samples }) => samples, sum);
  return failed.map((value, index) => value / Math.max(1, all[index] ?? 1));
}

/** Over all models, each counting as much as it was used. */
function meanOf(table: Table, metric: string): number | null {
  const figures = table.items.flatMap((model) => figureOf(model, metric) ?? []);
  const samples = sum(figures.map((figure) => figure.samples));
  return samples === 0 ? null : sum(figures.map(({ value, samples: of }) => value * of)) / samples;
}

/** Of the slowest model: quantiles of several models cannot be joined. */
function worstOf(table: Table, metric: string): number | null {
  const values = table.items.flatMap((model) => figureOf(model, metric)?.value ?? []);
  return values.length === 0 ? null : Math.max(...values);
}
