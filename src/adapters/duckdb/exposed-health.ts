import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExposureSums } from '../../ports/exposure-sums.ts';
import { type Row, rowsOf } from './database.ts';
import { STRATA } from './exposed-users.ts';
import type { Words } from './words.ts';

export interface HealthOf {
  /** The table with all users of the population. */
  readonly users: string;
  readonly arms: number;
  readonly words: Words;
}

/** Counts for the question whether the population can be trusted. */
export async function exposedHealth(
  connection: DuckDBConnection,
  { users, arms, words }: HealthOf,
): Promise<Pick<ExposureSums, 'firstAtMs' | 'health'>> {
  const count = (group: string) =>
    rowsOf(
      connection,
      `SELECT ${group} AS named, place, count(*) AS users, sum(answers) AS answers, sum(fallbacks) AS fallbacks
       FROM ${users} WHERE is_sure AND NOT is_in_two GROUP BY ALL ORDER BY named`,
    );
  const [byHour, byStratum, byClient] = [await count('hour'), await count('stratum'), await count('client')];
  const [left] = await rowsOf(
    connection,
    `SELECT min(exposed_at) AS first_at, count(*) FILTER (is_in_two) AS two, coalesce(sum(requests) FILTER (NOT is_sure), 0) AS weak FROM ${users}`,
  );
  const sumOf = (rows: readonly Row[], name: string): number[] =>
    Array.from({ length: arms }, (_, place) =>
      rows.reduce((sum, row) => sum + (row.place === place ? Number(row[name]) : 0), 0),
    );
  const groups = (rows: readonly Row[]) => [...Map.groupBy(rows, ({ named }) => named)];
  const health = {
    exposures: groups(byHour).map(([, rows]) => sumOf(rows, 'users')),
    byStratum: groups(byStratum).flatMap(([number, rows]) => {
      const stratum = STRATA[Number(number)];
      return stratum === undefined ? [] : [{ stratum, users: sumOf(rows, 'users') }];
    }),
    usersInTwoArms: Number(left?.two),
    weakRequests: Number(left?.weak),
    answers: sumOf(byHour, 'answers'),
    fallbackAnswers: sumOf(byHour, 'fallbacks'),
    clients: groups(byClient).flatMap(([number, rows]) => {
      const client = words.wordOf(number);
      return client === null ? [] : [{ client, users: sumOf(rows, 'users') }];
    }),
  };
  return { firstAtMs: left?.first_at === null ? null : Number(left?.first_at), health };
}
