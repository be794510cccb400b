import type { DuckDBConnection } from '@duckdb/node-api';
import type { QuantileCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import { failed, type Outcome } from '../../domain/stats/outcome.ts';
import {
  type QuantileRanks,
  quantileEstimate,
  quantileRank,
  quantileRanks,
} from '../../domain/stats/quantile.ts';
import { type Row, rowsOf } from './database.ts';
import { type RankedValues, rankValues } from './ranked-values.ts';

export interface QuantileMetric {
  readonly metric: MetricId;
  readonly value: 'latency' | 'ttft';
  readonly p: number;
}

export interface QuantileQuestion {
  /** A table with a row for each good answer: `user_key`, `place` of the arm, durations and their steps. */
  readonly answers: string;
  /** One with a row for each user: `user_key`, `place`, and of the requests how many count, have `started`, and are `errors`. */
  readonly users: string;
  readonly metrics: readonly QuantileMetric[];
  readonly arms: number;
}

/** Requests that a value is of: an error has it too, and is infinitely slow. */
const OF = { latency: 'counted', ttft: 'started' } as const;

/** What is known of one metric of one arm. */
interface Found {
  readonly requests: number;
  readonly at: number;
  readonly users: number;
  readonly ranks: Outcome<QuantileRanks>;
}

/** Quantiles of each arm, clustered by user: the quantiles, sums by user of what lies below them, the values around them. */
export async function quantileCells(
  connection: DuckDBConnection,
  { answers, users, metrics, arms }: QuantileQuestion,
): Promise<[MetricId, QuantileCell[]][]> {
  const places = Array.from({ length: arms }, (_, place) => place);
  const ofArms = async (sql: string): Promise<(Row | undefined)[]> => {
    const found = await rowsOf(connection, sql);
    return places.map((place) => found.find((row) => row.place === place));
  };
  const totals = await ofArms(
    `SELECT place, sum(${OF.latency}) AS latency, sum(${OF.ttft}) AS ttft FROM ${users} GROUP BY place`,
  );
  const values = await rankValues({
    connection,
    answers,
    values: [...new Set(metrics.map(({ value }) => value))],
  });
  const quantiles = await valuesOf(
    values,
    metrics.map(({ value, p }) =>
      places.map((place) => ({ value, place, rank: quantileRank(Number(totals[place]?.[value] ?? 0), p) })),
    ),
  );
  const sums = await ofArms(belowSql({ answers, users, metrics }, quantiles));
  const found = metrics.map(({ value, p }, i) =>
    places.map((place): Found => {
      const of = (name: string): number => Number(sums[place]?.[`${name}_${i}`] ?? 0);
      const requests = Number(totals[place]?.[value] ?? 0);
      const at = quantiles[i]?.[place] ?? Number.POSITIVE_INFINITY;
      const [userCount, sSum, sSumSquares] = [of('users'), of('s'), of('ss')];
      const rankSums = {
        ...{ users: userCount, requests, sSum, sSumSquares },
        ...{ nSumSquares: of('nn'), snSum: of('sn') },
      };
      const isThere = requests > 0 && Number.isFinite(at);
      const ranks = isThere ? quantileRanks(rankSums, p) : failed('insufficient_data' as const);
      return { requests, at, users: userCount, ranks };
    }),
  );
  const bounds = await valuesOf(
    values,
    metrics.map(({ value }, i) =>
      (found[i] ?? []).flatMap(({ ranks }, place) =>
        ranks.status === 'ok'
          ? [ranks.lower, ranks.upper].map((rank) => ({ value, place, rank }))
          : [null, null],
      ),
    ),
  );
  return metrics.map(({ metric }, i) => [
    metric,
    (found[i] ?? []).map((one, place) => {
      const of = (side: number) => bounds[i]?.[2 * place + side] ?? Number.POSITIVE_INFINITY;
      return cellOf(one, { lower: of(0), upper: of(1) });
    }),
  ]);
}

type Wanted = Parameters<RankedValues['at']>[0][number] | null;

/** As `RankedValues.at`, in lists of lists. */
async function valuesOf(values: RankedValues, wanted: readonly (readonly Wanted[])[]): Promise<number[][]> {
  const found = await values.at(wanted.flat().filter((one) => one !== null));
  let next = 0;
  return wanted.map((list) =>
    list.map((one) => (one === null ? Number.NaN : (found[next++] ?? Number.POSITIVE_INFINITY))),
  );
}

/** Sums over users of their requests at or below the quantile (s) and of all (n): those above it are few. */
function belowSql(
  { answers, users, metrics }: Pick<QuantileQuestion, 'answers' | 'users' | 'metrics'>,
  quantiles: readonly (readonly number[])[],
): string {
  const isAbove = metrics.map(({ value }, i) => {
    const bounds = (quantiles[i] ?? []).map((at, place) => `WHEN ${place} THEN ${spelled(at)}`);
    return `${value} > CASE place ${bounds.join(' ')} END`;
  });
  const above = isAbove.map((condition, i) => `count(*) FILTER (${condition}) AS above_${i}`);
  const counts = metrics.map(
    ({ value }, i) => `${OF[value]} AS n_${i}, ${OF[value]} - errors - coalesce(above_${i}, 0) AS s_${i}`,
  );
  const sums = metrics.map((_, i) =>
    [
      `count(*) FILTER (n_${i} > 0) AS users_${i}`,
      `sum(s_${i}) FILTER (n_${i} > 0) AS s_${i}, sum(s_${i} * s_${i}) FILTER (n_${i} > 0) AS ss_${i}`,
      `sum(n_${i} * n_${i}) AS nn_${i}, sum(s_${i} * n_${i}) AS sn_${i}`,
    ].join(', '),
  );
  return `SELECT place, ${sums.join(', ')} FROM (
      SELECT place, ${counts.join(', ')} FROM ${users} LEFT JOIN (
        SELECT user_key, ${above.join(', ')} FROM ${answers} WHERE ${isAbove.join(' OR ')} GROUP BY user_key
      ) USING (user_key)
    ) GROUP BY place`;
}

const spelled = (value: number): string =>
  Number.isFinite(value) ? `${value}::DOUBLE` : "'infinity'::DOUBLE";

function cellOf(
  { requests, at, users, ranks }: Found,
  values: { readonly lower: number; readonly upper: number },
): QuantileCell {
  const estimate = ranks.status === 'ok' ? quantileEstimate(users, { at, ...values }) : ranks;
  return { estimate, requests };
}
