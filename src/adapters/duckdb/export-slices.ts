import type { DuckDBConnection } from '@duckdb/node-api';
import type { RowCut } from '../../ports/event-store.ts';
import { type CsvBytes, createCsvBytes } from './csv-bytes.ts';
import { type Row, rowsOf } from './database.ts';
import type { Condition } from './filter-sql.ts';

/** A slice is whole grains of time, as many as have about so many rows: sorting all at once would take all memory. */
const SLICE_ROWS = 20_000;
const GRAIN_MS = 60_000;
/** What crosses to the asking process in one message: read and passed on in a fraction of a millisecond. */
export const PIECE_BYTES = 65_536;

export interface Sliced<Rows> {
  readonly connection: DuckDBConnection;
  readonly table: string;
  /** The column that rows are in the order of. */
  readonly time: string;
  readonly condition: Condition;
  readonly cut: RowCut;
  /** The rows of a slice, in order. */
  ask(slice: Slice): Promise<Rows>;
}

/** What a condition is true of, and of that the rows from `skip` on, `most` of them. */
export interface Slice extends Condition, RowCut {}

/** The rows that a condition is true of, slice by slice; the next is asked for while one is being used. */
export async function* rowsInSlices<Rows>(sliced: Sliced<Rows>): AsyncGenerator<Rows> {
  const slices = await slicesOf(sliced);
  const ask = async (slice: Slice | undefined): Promise<Rows | null> => (slice ? sliced.ask(slice) : null);
  let ahead = ask(slices[0]);
  for (let at = 1; ; at += 1) {
    const rows = await ahead;
    if (rows === null) return;
    ahead = ask(slices[at]);
    ahead.catch(() => {}); // heard where it is awaited, if it still is
    yield rows;
  }
}

/** Lines of CSV in pieces. Each is made when it is asked for: whoever reads slowly holds all of this back. */
export async function* csvPieces(
  batches: AsyncIterable<readonly Row[]>,
  writeLine: (out: CsvBytes, row: Row) => void,
): AsyncGenerator<Uint8Array> {
  const out = createCsvBytes();
  for await (const rows of batches) {
    for (const row of rows) {
      writeLine(out, row);
      if (out.length >= PIECE_BYTES) yield out.take();
    }
  }
  if (out.length > 0) yield out.take();
}

async function slicesOf({
  connection,
  table,
  time,
  condition,
  cut,
}: Omit<Sliced<unknown>, 'ask'>): Promise<Slice[]> {
  const { sql, values } = condition;
  const grains = await rowsOf(
    connection,
    `SELECT floor(${time} / ${GRAIN_MS}) AS grain, count(*) AS n FROM ${table} WHERE ${sql} GROUP BY 1 ORDER BY 1`,
    values,
  );
  const slices: Slice[] = [];
  let [first, count, passed]: [number | null, number, number] = [null, 0, 0];
  for (const [at, { grain, n }] of grains.entries()) {
    first ??= Number(grain);
    count += Number(n);
    if (count < SLICE_ROWS && at + 1 < grains.length) continue;
    const [begin, end] = [first * GRAIN_MS, (Number(grain) + 1) * GRAIN_MS];
    const skip = Math.max(0, cut.skip - passed);
    const most = Math.min(count, cut.skip + cut.most - passed) - skip;
    if (most > 0) {
      slices.push({
        sql: `${sql} AND ${time} >= $begin AND ${time} < $end`,
        values: { ...values, begin, end },
        skip,
        most,
      });
    }
    passed += count;
    [first, count] = [null, 0];
  }
  return slices;
}
