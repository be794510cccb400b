import type { DuckDBConnection } from '@duckdb/node-api';
import type { QuantileCell } from '../../domain/experiment/evidence.ts';
import { failed } from '../../domain/stats/outcome.ts';
import { quantileEstimate, quantileRanks } from '../../domain/stats/quantile.ts';
import { type Row, rowsOf } from './database.ts';

export interface QuantileQuestion {
  /** A table with a row for each request that counts: `user_key`, `place` of the arm, and the value; failures are infinite. */
  readonly table: string;
  readonly value: 'latency' | 'ttft';
  readonly p: number;
  readonly arms: number;
}

/** A quantile of each arm, clustered by user: its value, then sums by user, then the values at the ranks that those give. */
export async function quantileCells(
  connection: DuckDBConnection,
  { table, value, p, arms }: QuantileQuestion,
): Promise<QuantileCell[]> {
  const cells: QuantileCell[] = [];
  for (let place = 0; place < arms; place += 1) {
    const rows = `${table} WHERE place = ${place} AND ${value} IS NOT NULL`;
    const [first] = await rowsOf(
      connection,
      `SELECT count(*) AS requests, quantile_disc(${value}, ${p}) AS found FROM ${rows}`,
    );
    const requests = Number(first?.requests);
    const at = Number(first?.found);
    if (requests === 0 || !Number.isFinite(at)) {
      cells.push({ estimate: failed('insufficient_data'), requests });
      continue;
    }
    const [sums] = await rowsOf(
      connection,
      `SELECT count(*) AS users, sum(s) AS s, sum(s * s) AS ss, sum(n * n) AS nn, sum(s * n) AS sn FROM (
        SELECT (count(*) FILTER (${value} <= ${at}::DOUBLE))::DOUBLE AS s, count(*)::DOUBLE AS n
        FROM ${rows} GROUP BY user_key)`,
    );
    cells.push({ requests, estimate: await estimateOf(connection, { rows, value, p, at, requests, sums }) });
  }
  return cells;
}

interface Found {
  readonly rows: string;
  readonly value: string;
  readonly p: number;
  readonly at: number;
  readonly requests: number;
  readonly sums: Row | undefined;
}

async function estimateOf(connection: DuckDBConnection, found: Found): Promise<QuantileCell['estimate']> {
  const { rows, value, p, at, requests, sums } = found;
  const of = (name: string): number => Number(sums?.[name]);
  const ranks = quantileRanks(
    {
      users: of('users'),
      requests,
      sSum: of('s'),
      sSumSquares: of('ss'),
      nSumSquares: of('nn'),
      snSum: of('sn'),
    },
    p,
  );
  if (ranks.status !== 'ok') return ranks;
  // The middle between two ranks, as a share, means the upper of them: `quantile_disc` takes the ⌈n·p⌉-th.
  const shareOf = (rank: number): number => (rank - 0.5) / requests;
  const [values] = await rowsOf(
    connection,
    `SELECT quantile_disc(${value}, ${shareOf(ranks.lower)}) AS lower,
       quantile_disc(${value}, ${shareOf(ranks.upper)}) AS upper FROM ${rows}`,
  );
  return quantileEstimate(of('users'), { at, lower: Number(values?.lower), upper: Number(values?.upper) });
}
