import type { DuckDBConnection } from '@duckdb/node-api';

/** Makes a table of a statement's rows, and gives the name that it has. */
export type MakeTable = (name: string, sql: string) => Promise<string>;

/** Questions may be asked while others are being answered: each has tables of its own. */
let questions = 0;

/** Answers one question with tables that go with it, whether it is answered or fails. */
export async function withTempTables<T>(
  connection: DuckDBConnection,
  answer: (makeTable: MakeTable) => Promise<T>,
): Promise<T> {
  questions += 1;
  const question = questions;
  const made: string[] = [];
  try {
    return await answer(async (name, sql) => {
      const table = `${name}_${question}`;
      await connection.run(`CREATE TEMP TABLE ${table} AS ${sql}`);
      made.push(table);
      return table;
    });
  } finally {
    for (const table of made) await connection.run(`DROP TABLE ${table}`);
  }
}
