import type { DuckDBConnection } from '@duckdb/node-api';

export const HOUR_MS = 3_600_000;

/**
 * Sums by hour, so that a long window is not added up from its requests. Rows of `requests` are in them up to `rolled`,
 * which `until` repeats: who asks with a `rolled` of before takes the rows up to it, and from the requests the rest.
 */
export const ROLL_UP_TABLES = `
CREATE TABLE hourly_attempts (until INTEGER, hour INTEGER, model INTEGER, error INTEGER, n INTEGER);
CREATE TABLE hourly_latency (
  until INTEGER, hour INTEGER, model INTEGER, place SMALLINT, n INTEGER, total DOUBLE,
  answers INTEGER, tokens INTEGER, writing DOUBLE
);
CREATE TABLE hourly_ttft (until INTEGER, hour INTEGER, model INTEGER, place SMALLINT, n INTEGER, total DOUBLE);`;

/** What a spread is counted from. Usage goes with latency, which every good request has. */
export const SPREADS = {
  latency: {
    table: 'hourly_latency',
    sums: `sum(latency) AS total, count(completion_tokens) AS answers, coalesce(sum(completion_tokens), 0) AS tokens,
      coalesce(sum(latency - coalesce(ttft, 0)) FILTER (completion_tokens IS NOT NULL), 0) AS writing`,
  },
  ttft: { table: 'hourly_ttft', sums: 'sum(ttft) AS total' },
} as const;
export type SpreadName = keyof typeof SPREADS;

/** Attempts of requests in a condition of \`time\` and \`seq\`. */
export const attemptsWhere = (condition: string): string =>
  `SELECT time, model, error FROM requests WHERE is_called AND ${condition}
   UNION ALL SELECT time, model, error FROM attempts WHERE ${condition}`;

/** Good requests of a model, counted by group and by the step of their duration. */
export const spreadWhere = (name: SpreadName, group: string, condition: string): string =>
  `SELECT ${group}, model, ${name}_step AS place, count(*) AS n, ${SPREADS[name].sums} FROM requests
   WHERE outcome = 0 AND model IS NOT NULL AND ${name} IS NOT NULL AND ${condition} GROUP BY ALL`;

const HOUR = `CAST(floor(time / ${HOUR_MS}) AS INTEGER) AS hour`;

/** Within the connection's transaction. */
export async function rollUp(
  connection: DuckDBConnection,
  range: { from: number; to: number },
): Promise<void> {
  const condition = `seq >= ${range.from} AND seq < ${range.to}`;
  await insertSums(connection, range.to, condition);
  await connection.run('UPDATE settled SET rolled = $to', { to: range.to });
}

/** Makes anew what is rolled up of all hours up to that of a time: some of their requests were removed. */
export async function rollUpAgain(connection: DuckDBConnection, untilMs: number): Promise<void> {
  const hours = Math.floor(untilMs / HOUR_MS) + 1;
  for (const table of ['hourly_attempts', 'hourly_latency', 'hourly_ttft'])
    await connection.run(`DELETE FROM ${table} WHERE hour < ${hours}`);
  const rolled = 'seq < (SELECT rolled FROM settled)';
  await insertSums(connection, 0, `time < ${hours * HOUR_MS}::DOUBLE AND ${rolled}`);
}

async function insertSums(connection: DuckDBConnection, until: number, condition: string): Promise<void> {
  await connection.run(`INSERT INTO hourly_attempts
    SELECT ${until}, ${HOUR}, model, error, count(*) FROM (${attemptsWhere(condition)})
    WHERE model IS NOT NULL GROUP BY ALL`);
  for (const name of ['latency', 'ttft'] as const)
    await connection.run(
      `INSERT INTO ${SPREADS[name].table} SELECT ${until}, * FROM (${spreadWhere(name, HOUR, condition)})`,
    );
}
