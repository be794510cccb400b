import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import { createKeyTable } from './key-table.ts';
import { createNameFilter } from './name-filter.ts';
import type { NameHash } from './name-hash.ts';

/** Sessions, or users, that are kept in memory, twice at most: 50 MiB each time. Others are looked up in the file. */
const KEPT = 1_000_000;

/** Numbers for names, each its own for ever; in the order of their first use, which is nearly that of time. */
export interface Names {
  /** Undefined for one that is not in memory. */
  find(hash: Readonly<NameHash>): number | undefined;
  /** False where the file does not have it either, for certain. */
  mayBeWritten(hash: Readonly<NameHash>): boolean;
  /** Brings the number into memory, if the file has one. */
  lookUp(hash: Readonly<NameHash>): Promise<void>;
  /** Gives a number to a name that has none. */
  add(hash: Readonly<NameHash>): number;
}

export interface NamesOptions {
  readonly connection: DuckDBConnection;
  /** Has the columns `name_low` and `name_high`, and the number under the name in `column`. */
  readonly table: string;
  readonly column: string;
}

export async function openNames({ connection, table, column }: NamesOptions): Promise<Names> {
  const [row] = await rowsOf(connection, `SELECT coalesce(max(${column}) + 1, 0) AS next FROM ${table}`);
  let next = Number(row?.next);
  let absent: Readonly<NameHash> | null = null; // the last that was not found in the file
  const kept = createKeyTable(KEPT);
  const written = createNameFilter();
  const hash = { low: 0, high: 0 };
  const stored = await connection.stream(`SELECT ${column}, name_low, name_high FROM ${table}`);
  for (let chunk = await stored.fetchChunk(); chunk?.rowCount; chunk = await stored.fetchChunk()) {
    // Out of the vectors: lists of all values take twice as long.
    const { rowCount } = chunk;
    const [numbers, lows, highs] = [0, 1, 2].map((at) => chunk.getColumnVector(at));
    for (let at = 0; at < rowCount; at += 1) {
      hash.low = Number(lows?.getItem(at));
      hash.high = Number(highs?.getItem(at));
      const number = Number(numbers?.getItem(at));
      written.add(hash);
      if (number >= next - KEPT) kept.set(hash, number);
    }
  }
  return {
    find: kept.get,
    mayBeWritten: (name) => written.mayHave(name) && !(absent?.low === name.low && absent.high === name.high),
    async lookUp({ low, high }) {
      const [found] = await rowsOf(
        connection,
        `SELECT ${column} AS number FROM ${table} WHERE name_low = ${low} AND name_high = ${high}`,
      );
      if (found) kept.set({ low, high }, Number(found.number));
      else absent = { low, high };
    },
    add(name) {
      const number = next++;
      kept.set(name, number);
      written.add(name);
      return number;
    },
  };
}
