import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import type { Condition } from './filter-sql.ts';

/** Rows that cross to the asking process in one message. */
export const EXPORT_ROWS = 2_000;

/** A slice is whole grains of time, as many as have about so many rows: sorting all at once would take all memory. */
const SLICE_ROWS = 20_000;
const GRAIN_MS = 60_000;

/** Divides the rows that a condition is true of into slices of time, oldest first. */
export async function slicesOf(
  connection: DuckDBConnection,
  table: string,
  time: string,
  { sql, values }: Condition,
): Promise<Condition[]> {
  const grains = await rowsOf(
    connection,
    `SELECT floor(${time} / ${GRAIN_MS}) AS grain, count(*) AS n FROM ${table} WHERE ${sql} GROUP BY 1 ORDER BY 1`,
    values,
  );
  const slices: Condition[] = [];
  let [first, count]: [number | null, number] = [null, 0];
  for (const [at, { grain, n }] of grains.entries()) {
    first ??= Number(grain);
    count += Number(n);
    if (count < SLICE_ROWS && at + 1 < grains.length) continue;
    const [begin, end] = [first * GRAIN_MS, (Number(grain) + 1) * GRAIN_MS];
    slices.push({
      sql: `${sql} AND ${time} >= $begin AND ${time} < $end`,
      values: { ...values, begin, end },
    });
    [first, count] = [null, 0];
  }
  return slices;
}
