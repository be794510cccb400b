import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  INTEGER,
  SMALLINT,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** Rows of one chunk: what DuckDB takes at once. */
const CHUNK_ROWS = 2_048;

const TYPES = {
  double: { logical: DOUBLE, listOf: Float64Array },
  integer: { logical: INTEGER, listOf: Int32Array },
  smallint: { logical: SMALLINT, listOf: Int16Array },
  boolean: { logical: BOOLEAN, listOf: Uint8Array },
  varchar: { logical: VARCHAR, listOf: null },
} as const;
export type ColumnType = keyof typeof TYPES;
export type Cell = number | boolean | string | null;

/** Rows that wait for their table. */
export interface RowBatch {
  /** Values in the order of the columns. */
  add(...values: readonly Cell[]): void;
  readonly count: () => number;
  /** Appends all rows within the connection's transaction and forgets them. */
  flush(connection: DuckDBConnection): Promise<void>;
}

/**
 * Columns are filled in our own memory and copied as they are: the package's own way of setting value by value takes
 * five times as long.
 */
export function createRowBatch(table: string, types: readonly ColumnType[]): RowBatch {
  const columns = types.map((type) => new Column(TYPES[type].listOf));
  const logical = types.map((type) => TYPES[type].logical);
  let full: DuckDBDataChunk[] = [];
  let rows = 0;

  function endChunk(): void {
    const chunk = DuckDBDataChunk.create(logical, rows);
    for (const [at, column] of columns.entries())
      column.moveTo(duckdb.data_chunk_get_vector(chunk.chunk, at), rows);
    full.push(chunk);
    rows = 0;
  }

  return {
    count: () => full.length * CHUNK_ROWS + rows,
    add(...values) {
      for (let at = 0; at < columns.length; at += 1) columns[at]?.set(rows, values[at] ?? null);
      rows += 1;
      if (rows === CHUNK_ROWS) endChunk();
    },
    async flush(connection) {
      if (rows > 0) endChunk();
      if (full.length === 0) return;
      const appender = await connection.createAppender(table);
      for (const chunk of full) appender.appendDataChunk(chunk);
      appender.closeSync();
      full = [];
    },
  };
}

type NumberList = Float64Array | Int32Array | Int16Array | Uint8Array;

/** The values of one column of the chunk that is being filled. A class, as one shape is what makes it fast. */
class Column {
  private readonly numbers: NumberList | null;
  private readonly valid = new Uint8Array(CHUNK_ROWS / 8).fill(0xff);
  private hasNull = false;
  /** Of a column without numbers: many rows have none. */
  private readonly texts: { readonly row: number; readonly text: string }[] = [];

  constructor(listOf: (typeof TYPES)[ColumnType]['listOf']) {
    this.numbers = listOf === null ? null : new listOf(CHUNK_ROWS);
  }

  set(row: number, value: Cell): void {
    if (value === null) {
      this.hasNull = true;
      this.valid[row >> 3] = (this.valid[row >> 3] ?? 0) & ~(1 << (row & 7));
    } else if (this.numbers !== null) this.numbers[row] = Number(value);
    else this.texts.push({ row, text: String(value) });
  }

  /** Copies the values, and begins anew. */
  moveTo(vector: duckdb.Vector, rows: number): void {
    const { numbers, texts, valid } = this;
    if (numbers !== null)
      duckdb.copy_data_to_vector(
        vector,
        0,
        numbers.buffer as ArrayBuffer,
        0,
        rows * numbers.BYTES_PER_ELEMENT,
      );
    for (const { row, text } of texts) duckdb.vector_assign_string_element(vector, row, text);
    texts.length = 0;
    if (!this.hasNull) return;
    duckdb.vector_ensure_validity_writable(vector);
    // Whole words of 64 rows.
    duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, Math.ceil(rows / 64) * 8);
    valid.fill(0xff);
    this.hasNull = false;
  }
}
