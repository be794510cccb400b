import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cells, MetricEvidence } from '../../domain/experiment/evidence.ts';
import { inferenceOf } from '../../domain/experiment/metric-inference.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { SessionRules } from '../../ports/event-store.ts';
import type { ExposureQuery, ExposureSums } from '../../ports/exposure-sums.ts';
import { type Row, rowsOf } from './database.ts';
import { cellOf, cellsSql, type RatioParts } from './exposed-cells.ts';
import { exposedHealth } from './exposed-health.ts';
import { SESSION_PARTS, talksByUserSql, talksSql } from './exposed-talks.ts';
import { exposedUsersSql, IS_FAILED, placeSql, REQUEST_PARTS, requestsOf, STRATA } from './exposed-users.ts';
import type { IndexFile } from './index-file.ts';
import { quantileCells, type WantedQuantile } from './quantile-cells.ts';
import { withTempTables } from './temp-tables.ts';
import type { Words } from './words.ts';

/** What was counted of a population by user. Takes about a second for a million sessions. */
export function exposedSums(
  { database, words }: IndexFile,
  query: ExposureQuery,
  rules: SessionRules,
): Promise<ExposureSums> {
  const connection = database.asking;
  const wanted = (parts: readonly RatioParts[]) =>
    parts.filter(({ metric }) => query.metrics.includes(metric));
  const [ofSessions, ofRequests] = [wanted(SESSION_PARTS), wanted(REQUEST_PARTS)];
  const quantiles = quantilesIn(query);
  const arms = query.population.kind === 'experiment' ? query.population.arms.length : 1;
  return withTempTables(connection, async (makeTable) => {
    const users = await makeTable('exposed', exposedUsersSql(query, { parts: ofRequests, words }));
    const from = { connection, users, arms };
    const metrics = await ratiosOf(from, ofRequests, users);
    const byIntent: [MetricId, Cells[]][] = [];
    if (ofSessions.length > 0) {
      const talks = await makeTable('talks', talksSql(query, rules, { parts: ofSessions, words }));
      const byUser = `(${talksByUserSql(talks, ofSessions)}) JOIN ${users} USING (user_key)`;
      metrics.push(...(await ratiosOf(from, ofSessions, byUser)));
      byIntent.push(...(await intentsOf(from, { parts: ofSessions, talks, words })));
    }
    if (quantiles.length > 0) {
      const answers = await makeTable('answers', await answersSql(from, query, words));
      const counted = { answers, users: counting(users), quantiles, arms };
      const cells = await quantileCells(connection, counted);
      for (const [i, { metric }] of quantiles.entries())
        metrics.push([metric, { kind: 'quantile', arms: cells[i] ?? [] }]);
    }
    return { metrics, byIntent, ...(await exposedHealth(connection, { users, arms, words })) };
  });
}

interface From {
  readonly connection: DuckDBConnection;
  /** The table of all users. */
  readonly users: string;
  readonly arms: number;
}

/** Those who count. */
const COUNTS = 'is_sure AND NOT is_in_two';
const counting = (users: string): string => `(SELECT * FROM ${users} WHERE ${COUNTS})`;

/** `sums`: a table with a row for each user. */
async function ratiosOf({ connection, arms }: From, parts: readonly RatioParts[], sums: string) {
  if (parts.length === 0) return [];
  const counted = `SELECT * FROM ${sums} WHERE ${COUNTS}`;
  const rows = await rowsOf(connection, cellsSql(parts, counted, 'place, stratum'));
  return parts.map(({ metric }, index): [MetricId, MetricEvidence] => {
    const strata = STRATA.flatMap((name, stratum) => {
      const own = rows.filter((row) => row.stratum === stratum);
      return own.length === 0 ? [] : [{ name, arms: cellsIn(own, arms, index) }];
    });
    return [metric, { kind: 'ratio', strata }];
  });
}

interface Intents {
  readonly parts: readonly RatioParts[];
  /** The table of users' sessions. */
  readonly talks: string;
  readonly words: Words;
}

async function intentsOf(
  { connection, users, arms }: From,
  { parts, talks, words }: Intents,
): Promise<[MetricId, Cells[]][]> {
  const counted = `SELECT * FROM ${talks} JOIN ${users} USING (user_key) WHERE ${COUNTS} AND intent IS NOT NULL`;
  const rows = await rowsOf(connection, cellsSql(parts, counted, 'place, intent'));
  const intents = [...Map.groupBy(rows, ({ intent }) => intent)];
  return parts.map(({ metric }, index) => [
    metric,
    intents.map(([intent, own]) => ({
      name: words.wordOf(intent) ?? '',
      arms: cellsIn(own, arms, index),
    })),
  ]);
}

const quantilesIn = ({ metrics }: ExposureQuery): (WantedQuantile & { readonly metric: MetricId })[] =>
  metrics.flatMap((metric) => {
    const inference = inferenceOf(metric);
    if (inference?.kind !== 'quantile') return [];
    return [{ metric, value: metric.startsWith('ttft') ? 'ttft' : 'latency', p: inference.p } as const];
  });

/** Answers that were good, of users who count. */
async function answersSql({ connection, users }: From, query: ExposureQuery, words: Words): Promise<string> {
  const leftOut = `SELECT user_key FROM ${users} WHERE NOT (${COUNTS})`;
  const [anybody] = await rowsOf(connection, `${leftOut} LIMIT 1`); // most often nobody is, and nobody is looked for
  return `SELECT user_key, place, latency, latency_step, ttft, ttft_step FROM (
      SELECT *, ${placeSql(query.population, words)} AS place FROM ${requestsOf(query, words)} AND NOT ${IS_FAILED}
    ) WHERE place IS NOT NULL ${anybody === undefined ? '' : `AND user_key NOT IN (${leftOut})`}`;
}

function cellsIn(rows: readonly Row[], arms: number, index: number) {
  return Array.from({ length: arms }, (_, place) =>
    cellOf(
      rows.find((row) => row.place === place),
      index,
    ),
  );
}
