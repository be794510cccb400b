import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { deleteDatabase } from './delete-database.ts';
import { SCHEMA_VERSION, TABLES } from './index-schema.ts';

export type Value = DuckDBValue;
export type Values = Record<string, Value>;
export type Row = Readonly<Record<string, unknown>>;

/** Connections to one file: questions see what is committed, and nobody waits for what another writes. */
export interface Database {
  readonly writing: DuckDBConnection;
  readonly settling: DuckDBConnection;
  readonly asking: DuckDBConnection;
  /** From now on all threads work at a statement, or one alone, which takes a quarter less of the processor. */
  spread(isWide: boolean): Promise<void>;
  close(): void;
}

export interface DatabaseOptions {
  readonly file: string;
  readonly memoryMiB: number;
  readonly threads: number;
}

/** Opens the file; one that cannot be read, or has another schema, is deleted and made anew. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const found = await open(options).catch(() => null);
  if (found !== null) {
    if (await isCurrent(found)) return found;
    found.close();
  }
  deleteDatabase(options.file);
  const database = await open(options);
  await database.writing.run(`BEGIN; ${TABLES}; COMMIT`);
  return database;
}

async function open({ file, memoryMiB, threads }: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: `${memoryMiB}MiB`,
    threads: String(threads),
    temp_directory: `${file}.tmp`,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'true',
  });
  const writing = await instance.connect();
  const settling = await instance.connect();
  const asking = await instance.connect();
  return {
    writing,
    settling,
    asking,
    async spread(isWide) {
      await settling.run(`SET threads = ${isWide ? threads : 1}`);
    },
    close() {
      for (const connection of [asking, settling, writing]) connection.closeSync();
      instance.closeSync();
    },
  };
}

async function isCurrent({ asking }: Database): Promise<boolean> {
  try {
    const [row] = await rowsOf(asking, 'SELECT schema FROM progress');
    return row?.schema === SCHEMA_VERSION;
  } catch {
    return false;
  }
}

/** The rows of a statement: numbers, truth values, texts and nulls. */
export async function rowsOf(connection: DuckDBConnection, sql: string, values: Values = {}): Promise<Row[]> {
  const result = await connection.run(sql, values);
  const names = result.deduplicatedColumnNames();
  const rows: Row[] = [];
  for (const chunk of await result.fetchAllChunks()) {
    // Out of the vectors: the package's own way of making rows takes three times as long.
    const columns = names.map((name, at) => ({ name, vector: chunk.getColumnVector(at) }));
    for (let at = 0; at < chunk.rowCount; at += 1) {
      const row: Record<string, unknown> = {};
      for (const { name, vector } of columns) row[name] = plain(vector.getItem(at));
      rows.push(row);
    }
  }
  return rows;
}

/** The same of a statement whose columns are all INTEGER and never null: row after row in one list. */
export async function numbersOf(
  connection: DuckDBConnection,
  sql: string,
  values: Values = {},
): Promise<Int32Array<ArrayBuffer>> {
  const result = await connection.run(sql, values);
  const width = result.columnCount;
  const chunks = await result.fetchAllChunks();
  const numbers = new Int32Array(width * chunks.reduce((rows, chunk) => rows + chunk.rowCount, 0));
  let first = 0;
  for (const chunk of chunks) {
    const { rowCount } = chunk;
    for (let column = 0; column < width; column += 1) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < rowCount; row += 1)
        numbers[first + row * width + column] = vector.getItem(row) as number;
    }
    first += rowCount * width;
  }
  return numbers;
}

/** Big integers, as counts and sums are, as numbers: none of ours passes 2^53. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
