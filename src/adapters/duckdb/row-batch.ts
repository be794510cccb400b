import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  SMALLINT,
  VARCHAR,
} from '@duckdb/node-api';

/** Rows of one chunk: what DuckDB takes at once. */
const CHUNK_ROWS = 2_048;

const TYPES = {
  double: DOUBLE,
  integer: INTEGER,
  smallint: SMALLINT,
  boolean: BOOLEAN,
  varchar: VARCHAR,
} satisfies Record<string, DuckDBType>;
export type ColumnType = keyof typeof TYPES;

/** Rows that wait for their table. */
export interface RowBatch {
  /** Values in the order of the columns. */
  add(...values: DuckDBValue[]): void;
  readonly count: () => number;
  /** Appends all rows within the connection's transaction and forgets them. */
  flush(connection: DuckDBConnection): Promise<void>;
}

export function createRowBatch(table: string, types: readonly ColumnType[]): RowBatch {
  const logical = types.map((type) => TYPES[type]);
  let columns: DuckDBValue[][] = types.map(() => []);
  const count = (): number => columns[0]?.length ?? 0;
  return {
    count,
    add(...values) {
      for (let at = 0; at < columns.length; at += 1) columns[at]?.push(values[at] ?? null);
    },
    async flush(connection) {
      if (count() === 0) return;
      const appender = await connection.createAppender(table);
      for (let from = 0; from < count(); from += CHUNK_ROWS) {
        const part = columns.map((column) => column.slice(from, from + CHUNK_ROWS));
        const chunk = DuckDBDataChunk.create(logical);
        chunk.setColumns(part);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      columns = types.map(() => []);
    },
  };
}
