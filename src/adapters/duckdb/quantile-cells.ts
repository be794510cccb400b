import type { DuckDBConnection } from '@duckdb/node-api';
import type { QuantileCell } from '../../domain/experiment/evidence.ts';
import type { Outcome } from '../../domain/stats/outcome.ts';
import {
  type QuantileRanks,
  quantileEstimate,
  quantileRank,
  quantileRanks,
} from '../../domain/stats/quantile.ts';
import { type Row, rowsOf } from './database.ts';
import { rankValues, type ValueName } from './ranked-values.ts';

export interface WantedQuantile {
  readonly value: ValueName;
  readonly p: number;
}

export interface QuantileQuestion {
  /** A table with a row for each good answer: `user_key`, `place` of the arm, durations and their steps. */
  readonly answers: string;
  /** One with a row for each user: `user_key`, `place`, and of the requests how many count, have `started`, and are `errors`. */
  readonly users: string;
  readonly quantiles: readonly WantedQuantile[];
  readonly arms: number;
}

/** Requests that a value is of: an error has it too, and is infinitely slow. */
const OF = { latency: 'counted', ttft: 'started' } as const;

/** Each quantile of each arm, clustered by user: the quantiles, sums by user of what lies below them, the values around them. */
export async function quantileCells(
  connection: DuckDBConnection,
  { answers, users, quantiles, arms }: QuantileQuestion,
): Promise<QuantileCell[][]> {
  const ofArms = async (sql: string): Promise<(Row | undefined)[]> => {
    const rows = await rowsOf(connection, sql);
    return Array.from({ length: arms }, (_, place) => rows.find((row) => row.place === place));
  };
  const columns = [...new Set(quantiles.map(({ value }) => value))];
  const values = await rankValues({ connection, answers, values: columns });
  const totals = await ofArms(
    `SELECT place, sum(${OF.latency}) AS latency, sum(${OF.ttft}) AS ttft FROM ${users} GROUP BY place`,
  );
  const cells = quantiles.flatMap(({ value, p }, i) =>
    totals.map((row, place) => ({ value, p, i, place, requests: Number(row?.[value] ?? 0) })),
  );
  const quantileValues = await values.at(
    cells.map(({ value, place, requests, p }) => ({ value, place, rank: quantileRank(requests, p) })),
  );
  const sums = await ofArms(belowSql({ answers, users, quantiles, arms }, quantileValues));
  const found = cells.map(({ i, p, place, requests }, cell) => {
    const of = (name: string): number => Number(sums[place]?.[`${name}_${i}`] ?? 0);
    const rankSums = {
      ...{ users: of('users'), requests, sSum: of('s'), sSumSquares: of('ss') },
      ...{ nSumSquares: of('nn'), snSum: of('sn') },
    };
    const isThere = Number.isFinite(quantileValues[cell]);
    return { users: of('users'), ranks: isThere ? quantileRanks(rankSums, p) : NOTHING };
  });
  const bounds = await values.at(
    cells.flatMap(({ value, place }, cell) => {
      const ranks = found[cell]?.ranks ?? NOTHING;
      const wanted = ranks.status === 'ok' ? [ranks.lower, ranks.upper] : [BEHIND_ALL, BEHIND_ALL];
      return wanted.map((rank) => ({ value, place, rank }));
    }),
  );
  const told = cells.map(({ requests }, cell): QuantileCell => {
    const { users: count, ranks } = found[cell] ?? { users: 0, ranks: NOTHING };
    if (ranks.status !== 'ok') return { estimate: ranks, requests };
    const [at = Number.NaN, lower = Number.NaN, upper = Number.NaN] = [
      quantileValues[cell],
      bounds[2 * cell],
      bounds[2 * cell + 1],
    ];
    return { estimate: quantileEstimate(count, { at, lower, upper }), requests };
  });
  return quantiles.map((_, i) => told.slice(i * arms, (i + 1) * arms));
}

const NOTHING: Outcome<QuantileRanks> = { status: 'insufficient_data' };
const BEHIND_ALL = Number.POSITIVE_INFINITY;

/**
 * Sums over users of their requests at or below the quantile (s) and of all (n): those above it are few.
 * @param quantileValues of each quantile those of all arms.
 */
function belowSql(
  { answers, users, quantiles, arms }: QuantileQuestion,
  quantileValues: readonly number[],
): string {
  const isAbove = quantiles.map(({ value }, i) => {
    const own = quantileValues.slice(i * arms, (i + 1) * arms);
    return `${value} > CASE place ${own.map((at, place) => `WHEN ${place} THEN ${spelled(at)}`).join(' ')} END`;
  });
  const above = isAbove.map((condition, i) => `count(*) FILTER (${condition}) AS above_${i}`);
  const counts = quantiles.map(
    ({ value }, i) => `${OF[value]} AS n_${i}, ${OF[value]} - errors - coalesce(above_${i}, 0) AS s_${i}`,
  );
  const sums = quantiles.map((_, i) =>
    [
      `count(*) FILTER (n_${i} > 0) AS users_${i}`,
      `sum(s_${i}) FILTER (n_${i} > 0) AS s_${i}, sum(s_${i} * s_${i}) FILTER (n_${i} > 0) AS ss_${i}`,
      `sum(n_${i} * n_${i}) AS nn_${i}, sum(s_${i} * n_${i}) AS sn_${i}`,
    ].join(', '),
  );
  return `SELECT place, ${sums.join(', ')} FROM (
      SELECT place, ${counts.join(', ')} FROM ${users} LEFT JOIN (
        SELECT user_key, place, ${above.join(', ')} FROM ${answers}
        WHERE ${isAbove.join(' OR ')} GROUP BY user_key, place
      ) USING (user_key, place)
    ) GROUP BY place`;
}

const spelled = (value: number): string =>
  Number.isFinite(value) ? `${value}::DOUBLE` : "'infinity'::DOUBLE";
