import type { DuckDBConnection } from '@duckdb/node-api';
import type { QuantileCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import { failed, type Outcome } from '../../domain/stats/outcome.ts';
import { type QuantileRanks, quantileEstimate, quantileRanks } from '../../domain/stats/quantile.ts';
import { type Row, rowsOf } from './database.ts';

export interface QuantileMetric {
  readonly metric: MetricId;
  readonly value: 'latency' | 'ttft';
  readonly p: number;
}

export interface QuantileQuestion {
  /** A query with a row for each request that counts: `user_key`, `place` of the arm, and the values; failures are infinite. */
  readonly rows: string;
  readonly metrics: readonly QuantileMetric[];
  readonly arms: number;
}

/** What is known of one metric of one arm. */
interface Found {
  readonly requests: number;
  readonly at: number;
  readonly users: number;
  readonly ranks: Outcome<QuantileRanks>;
}

/**
 * Quantiles of each arm, clustered by user. The rows are read three times, whatever is asked for: the quantiles, then sums
 * by user of what lies at or below them, then the values at the ranks that those give.
 */
export async function quantileCells(
  connection: DuckDBConnection,
  { rows, metrics, arms }: QuantileQuestion,
): Promise<[MetricId, QuantileCell[]][]> {
  const ofArms = async (columns: readonly string[], from: string): Promise<(Row | undefined)[]> => {
    const found = await rowsOf(
      connection,
      `SELECT place, ${columns.join(', ')} FROM (${from}) GROUP BY place`,
    );
    return Array.from({ length: arms }, (_, place) => found.find((row) => row.place === place));
  };
  const quantiles = await ofArms(
    metrics.map(({ value, p }, i) => `count(${value}) AS n_${i}, quantile_disc(${value}, ${p}) AS at_${i}`),
    rows,
  );
  const byUser = metrics.map(({ value }, i) => {
    const bounds = quantiles.map((row, place) => `WHEN ${place} THEN ${spelled(row?.[`at_${i}`])}`);
    return `count(${value})::DOUBLE AS n_${i},
      (count(*) FILTER (${value} <= CASE place ${bounds.join(' ')} END))::DOUBLE AS s_${i}`;
  });
  const sums = await ofArms(
    metrics.map(
      (
        _,
        i,
      ) => `count(*) FILTER (n_${i} > 0) AS users_${i}, sum(s_${i}) AS s_${i}, sum(s_${i} * s_${i}) AS ss_${i},
        sum(n_${i} * n_${i}) AS nn_${i}, sum(s_${i} * n_${i}) AS sn_${i}`,
    ),
    `SELECT user_key, place, ${byUser.join(', ')} FROM (${rows}) GROUP BY user_key, place`,
  );
  const found = metrics.map(({ p }, i) =>
    quantiles.map((row, place) => foundIn({ row, sums: sums[place], i, p })),
  );
  const lists = metrics.map(
    ({ value }, i) => `quantile_disc(${value}, [${sharesOf(found[i] ?? [])}]) AS at_${i}`,
  );
  const values = await ofArms(
    metrics.map(
      (_, i) =>
        `any_value(at_${i}[2 * place + 1]) AS low_${i}, any_value(at_${i}[2 * place + 2]) AS high_${i}`,
    ),
    `SELECT place, ${lists.join(', ')} FROM (${rows}) GROUP BY place`,
  );
  return metrics.map(({ metric }, i) => {
    const boundOf = (name: string, place: number) => Number(values[place]?.[`${name}_${i}`]);
    const cells = (found[i] ?? []).map((one, place) =>
      cellOf(one, { lower: boundOf('low', place), upper: boundOf('high', place) }),
    );
    return [metric, cells];
  });
}

const spelled = (value: unknown): string =>
  typeof value === 'number' && Number.isFinite(value) ? `${value}::DOUBLE` : "'infinity'::DOUBLE";

interface FoundRows {
  readonly row: Row | undefined;
  readonly sums: Row | undefined;
  /** Of the metric. */
  readonly i: number;
  readonly p: number;
}

function foundIn({ row, sums, i, p }: FoundRows): Found {
  const of = (name: string): number => Number(sums?.[`${name}_${i}`] ?? 0);
  const requests = Number(row?.[`n_${i}`] ?? 0);
  const at = Number(row?.[`at_${i}`] ?? Number.POSITIVE_INFINITY);
  const [users, sSum, sSumSquares] = [of('users'), of('s'), of('ss')];
  const rankSums = { users, requests, sSum, sSumSquares, nSumSquares: of('nn'), snSum: of('sn') };
  const isThere = requests > 0 && Number.isFinite(at);
  return { requests, at, users, ranks: isThere ? quantileRanks(rankSums, p) : failed('insufficient_data') };
}

/**
 * Two shares for each arm. The middle between two ranks, as a share, means the upper of them: `quantile_disc` takes the
 * ⌈n·p⌉-th.
 */
function sharesOf(found: readonly Found[]): string {
  const shares = found.flatMap(({ ranks, requests }) =>
    ranks.status === 'ok' ? [(ranks.lower - 0.5) / requests, (ranks.upper - 0.5) / requests] : [0.5, 0.5],
  );
  return shares.join(', ');
}

function cellOf(
  { requests, at, users, ranks }: Found,
  values: { readonly lower: number; readonly upper: number },
): QuantileCell {
  const estimate = ranks.status === 'ok' ? quantileEstimate(users, { at, ...values }) : ranks;
  return { estimate, requests };
}
