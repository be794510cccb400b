import type { RatioCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { Row } from './database.ts';

/** A user's numerator and denominator of a metric: DOUBLE columns of a row for each user. Without the second none counts. */
export interface RatioParts {
  readonly metric: MetricId;
  readonly m: string;
  readonly d: string;
}

/** Of columns by their names, those that the parts name; as numbers that sums need not be turned into. */
export function columnsOf(columns: Readonly<Record<string, string>>, parts: readonly RatioParts[]): string {
  const named = new Set(parts.flatMap(({ m, d }) => `${m} ${d}`.match(/[a-z_]+/g) ?? []));
  const wanted = Object.entries(columns).filter(([name]) => named.has(name));
  return wanted.map(([name, sum]) => `(${sum})::DOUBLE AS ${name}`).join(', ');
}

/** Sums of every metric over users, by the columns of `group`, out of a query with a row for each user. */
export function cellsSql(
  parts: readonly Pick<RatioParts, 'm' | 'd'>[],
  users: string,
  group: string,
): string {
  const sums = parts.map(({ m, d }, i) => {
    const of = (name: string, value: string) => `sum(${value}) FILTER (${d} > 0) AS ${name}_${i}`;
    return [
      `count(*) FILTER (${d} > 0) AS n_${i}`,
      of('m', m),
      of('mm', `${m} * ${m}`),
      of('d', d),
      of('dd', `${d} * ${d}`),
      of('md', `${m} * ${d}`),
      `count(*) FILTER (${d} > 0 AND ${m} > 0) AS events_${i}`,
    ].join(', ');
  });
  return `SELECT ${[group, ...sums].join(', ')} FROM (${users}) GROUP BY ${group}`;
}

/** The cell of the metric at `index` of one row; of no row, one of nobody. */
export function cellOf(row: Row | undefined, index: number): RatioCell {
  const of = (name: string): number => Number(row?.[`${name}_${index}`] ?? 0);
  return {
    sums: {
      type: 'ratio',
      n: of('n'),
      mSum: of('m'),
      mSumSquares: of('mm'),
      dSum: of('d'),
      dSumSquares: of('dd'),
      mdSum: of('md'),
    },
    usersWithEvent: of('events'),
  };
}
