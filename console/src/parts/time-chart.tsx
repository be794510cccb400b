import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import { DataTable } from './data-table.tsx';
import 'uplot/dist/uPlot.min.css';
import { useLook } from '../style/theme.tsx';
import { type ChartForm, FormChoice } from './form-choice.tsx';
import { useFormat } from './use-format.ts';

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly time: string; readonly value: number }[];
}

interface TimeChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  /** What the drawing is as wide as, whatever was measured in it; times as in the API. */
  readonly range: { readonly from: string; readonly to: string } | undefined;
  show(value: number): string;
  /** A dashed line that must not be crossed. */
  readonly limit?: number;
}

const HEIGHT = 220;

/** Lines over time, drawn or as a table: both say the same. */
export function TimeChart({ title, lines, range, show, limit }: TimeChartProps): ReactNode {
  const { t } = useTranslation();
  const [form, setForm] = useState<ChartForm>('chart');
  const data = useMemo(() => aligned(lines, limit), [lines, limit]);
  return (
    <figure className="chart" aria-label={title}>
      <figcaption className="chart-head">
        <h3>{title}</h3>
        <FormChoice value={form} onChange={setForm} />
      </figcaption>
      {data[0].length === 0 ? (
        <p className="chart-none muted">{range && t('chart.none')}</p>
      ) : form === 'chart' ? (
        <Drawing {...{ lines, data, show, range }} hasLimit={limit !== undefined} />
      ) : (
        <AsTable {...{ lines, data, show }} />
      )}
      <ul className="legend">
        {lines.map(({ name, colour }) => (
          <li key={name}>
            <span className="swatch" style={{ background: colour }} />
            {name}
          </li>
        ))}
      </ul>
    </figure>
  );
}

type Columns = [number[], ...(number | null)[][]];

/** One column of times, and one for each line; a step without a value is a gap. */
function aligned(lines: readonly Line[], limit: number | undefined): Columns {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(({ time }) => time)))].sort();
  const columns = lines.map(({ points }) => {
    const byTime = new Map(points.map(({ time, value }) => [time, value]));
    return times.map((time) => byTime.get(time) ?? null);
  });
  const limits = limit === undefined ? [] : [times.map(() => limit)];
  return [times.map((time) => Date.parse(time) / 1_000), ...columns, ...limits];
}

interface DrawnProps {
  readonly lines: readonly Line[];
  readonly data: Columns;
  show(value: number): string;
}

interface DrawingProps extends DrawnProps, Pick<TimeChartProps, 'range'> {
  readonly hasLimit: boolean;
}

function Drawing({ lines, data, show, range, hasLimit }: DrawingProps): ReactNode {
  const edges = useRef(range);
  edges.current = range;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { palette } = useLook();
  const format = useFormat();
  const form = `${lines.map(({ name, colour }) => name + colour).join()}${hasLimit}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new figures go into the drawing that is there
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const axis = { stroke: palette.muted, grid: { stroke: palette.line, width: 1 }, ticks: { show: false } };
    const series = lines.map(({ name, colour }) => ({
      label: name,
      stroke: colour,
      width: 1.8,
      spanGaps: false,
      points: { size: 4 },
      value: (_: uPlot, value: number | null) => (value === null ? '–' : show(value)),
    }));
    const options: uPlot.Options = {
      width: box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 } },
      scales: {
        x: { range: (_, min, max) => edgesOf(edges.current) ?? [min, max] },
        y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        {
          ...axis,
          space: 70,
          values: (_, marks) => marks.map((mark) => format.mark(mark, spanOf(edges.current))),
        },
        { ...axis, size: 64, values: (_, marks) => marks.map(show) },
      ],
      series: [{}, ...series, ...(hasLimit ? [{ stroke: palette.bad, width: 1, dash: [5, 4] }] : [])],
    };
    const drawn = new uPlot(options, data as uPlot.AlignedData, box);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: box.clientWidth, height: HEIGHT }));
    observer.observe(box);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [form, palette, format]);
  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);
  return <div ref={place} className="chart-place" />;
}

/** Seconds from edge to edge. */
function spanOf(range: TimeChartProps['range']): number {
  const [from, to] = edgesOf(range) ?? [0, 0];
  return to - from;
}

function edgesOf(range: TimeChartProps['range']): [number, number] | null {
  return range ? [Date.parse(range.from) / 1_000, Date.parse(range.to) / 1_000] : null;
}

function AsTable({ lines, data, show }: DrawnProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = data[0].map((seconds, row) => ({ key: seconds, row }));
  return (
    <DataTable
      size="small"
      className="chart-table"
      dataSource={rows}
      scroll={{ y: HEIGHT - 48, x: 'max-content' }}
      columns={[
        {
          title: t('common.time'),
          dataIndex: 'key',
          render: (seconds: number) => format.moment(seconds * 1_000),
        },
        ...lines.map(({ name }, index) => ({
          title: name,
          key: name,
          align: 'right' as const,
          render: (_: unknown, { row }: { row: number }) => {
            const value = data[index + 1]?.[row];
            return value === null || value === undefined ? '–' : show(value);
          },
        })),
      ]}
    />
  );
}
