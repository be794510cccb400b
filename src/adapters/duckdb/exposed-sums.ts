import type { DuckDBConnection } from '@duckdb/node-api';
import { classesOf } from '../../domain/error-class.ts';
import type { Cells, MetricEvidence } from '../../domain/experiment/evidence.ts';
import { inferenceOf } from '../../domain/experiment/metric-inference.ts';
import { type MetricId, NEUTRAL_CLASSES } from '../../domain/metric.ts';
import type { SessionRules } from '../../ports/event-store.ts';
import type { ExposureQuery, ExposureSums } from '../../ports/exposure-sums.ts';
import { type Row, rowsOf } from './database.ts';
import { cellOf, cellsSql, type RatioParts } from './exposed-cells.ts';
import { exposedHealth } from './exposed-health.ts';
import { type QuantileMetric, quantileCells } from './exposed-quantiles.ts';
import { exposedUsersSql, numeral, placeSql, STRATA, scopeOf } from './exposed-users.ts';
import type { IndexFile } from './index-file.ts';
import { IS_ABANDONED, IS_COMPLETED } from './sums.ts';
import type { Words } from './words.ts';

/** Columns of a user's closed sessions. */
const SESSION_PARTS: readonly RatioParts[] = [
  { metric: 'task_completion', m: 'judged_yes', d: 'judged' },
  { metric: 'completion_rate', m: 'completed', d: 'closed' },
  { metric: 'abandon_rate', m: 'abandoned', d: 'closed' },
  { metric: 'follow_up_rate', m: 'follow_ups', d: 'later' },
  { metric: 'session_depth', m: 'rounds', d: 'closed' },
  { metric: 'session_stay', m: 'stay', d: 'closed' },
  { metric: 'rating', m: 'rating_sum', d: 'ratings' },
];
/** Columns of a user's requests. */
const REQUEST_PARTS: readonly RatioParts[] = [
  { metric: 'error_rate', m: 'errors', d: 'counted' },
  { metric: 'timeout_rate', m: 'timeouts', d: 'counted' },
  { metric: 'tokens_per_answer', m: 'tokens', d: 'used' },
  { metric: 'tokens_per_second', m: 'tokens * 1000', d: 'writing' },
];

/** Tables of one question; questions may be asked while others are being answered. */
let questions = 0;

/** What was counted of a population by user. Takes about a second for a million sessions. */
export async function exposedSums(
  { database, words }: IndexFile,
  query: ExposureQuery,
  rules: SessionRules,
): Promise<ExposureSums> {
  const connection = database.asking;
  questions += 1;
  const [users, talks] = [`exposed_${questions}`, `talks_${questions}`];
  const wanted = (parts: readonly RatioParts[]) =>
    parts.filter(({ metric }) => query.metrics.includes(metric));
  const arms = query.population.kind === 'experiment' ? query.population.arms.length : 1;
  const from = { connection, users, arms };
  try {
    await connection.run(`CREATE TEMP TABLE ${users} AS ${exposedUsersSql(query, words)}`);
    await connection.run(`CREATE TEMP TABLE ${talks} AS ${talksSql(query, rules, words)}`);
    const ofSessions = wanted(SESSION_PARTS);
    const metrics = await ratiosOf(from, ofSessions, `SELECT ${OF_TALKS} FROM ${talks} GROUP BY user_key`);
    const byIntent = await intentsOf(from, { parts: ofSessions, talks, words });
    metrics.push(...(await ratiosOf(from, wanted(REQUEST_PARTS), userRequestsSql(query, words))));
    metrics.push(...(await quantilesOf(from, query, words)));
    return { metrics, byIntent, ...(await exposedHealth(connection, { users, arms, words })) };
  } finally {
    for (const table of [users, talks]) await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

interface From {
  readonly connection: DuckDBConnection;
  /** The table of all users. */
  readonly users: string;
  readonly arms: number;
}

/** Those who count. */
const COUNTS = 'is_sure AND NOT is_in_two';

/** `sums`: a query with a row for each user. */
async function ratiosOf({ connection, users, arms }: From, parts: readonly RatioParts[], sums: string) {
  if (parts.length === 0) return [];
  const counted = `SELECT * FROM (${sums}) JOIN ${users} USING (user_key) WHERE ${COUNTS}`;
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
  if (parts.length === 0) return [];
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

async function quantilesOf(
  { connection, users, arms }: From,
  query: ExposureQuery,
  words: Words,
): Promise<[MetricId, MetricEvidence][]> {
  const metrics = query.metrics.flatMap((metric): QuantileMetric[] => {
    const inference = inferenceOf(metric);
    if (inference?.kind !== 'quantile') return [];
    return [{ metric, value: metric.startsWith('ttft') ? 'ttft' : 'latency', p: inference.p }];
  });
  if (metrics.length === 0) return [];
  const leftOut = `SELECT user_key FROM ${users} WHERE NOT (${COUNTS})`;
  const [anybody] = await rowsOf(connection, `${leftOut} LIMIT 1`); // most often nobody is, and nobody is looked for
  const slow = (value: string) => `if(${IS_FAILED}, 'infinity'::DOUBLE, ${value}) AS ${value}`;
  const rows = `
    SELECT user_key, place, ${slow('latency')}, ${slow('ttft')} FROM (
      SELECT *, ${placeSql(query.population, words)} AS place FROM ${countedRequests(query, words)}
    ) WHERE place IS NOT NULL ${anybody === undefined ? '' : `AND user_key NOT IN (${leftOut})`}`;
  const cells = await quantileCells(connection, { rows, metrics, arms });
  return cells.map(([metric, found]) => [metric, { kind: 'quantile', arms: found }]);
}

function cellsIn(rows: readonly Row[], arms: number, index: number) {
  return Array.from({ length: arms }, (_, place) =>
    cellOf(
      rows.find((row) => row.place === place),
      index,
    ),
  );
}

/** Closed sessions that the model which was assigned answered alone, by user and intent. Closed as in `sums.ts`. */
function talksSql(query: ExposureQuery, { idleMs, nowMs }: SessionRules, words: Words): string {
  const judged = 'intent IS NOT NULL AND task_completed IS NOT NULL';
  return `
    SELECT user_key, intent, count(*) AS closed, count(*) FILTER (${IS_COMPLETED}) AS completed,
      count(*) FILTER (${IS_ABANDONED}) AS abandoned, sum(rounds) AS rounds,
      sum(greatest(0, last_ended - first_time)) AS stay, sum(later_rounds) AS later,
      sum(charged_follow_ups) AS follow_ups, count(*) FILTER (${judged}) AS judged,
      count(*) FILTER (${judged} AND task_completed) AS judged_yes, sum(ratings) AS ratings,
      sum(rating_sum) AS rating_sum
    FROM sessions
    WHERE ${scopeOf(query.population, words)} AND user_key IS NOT NULL
      AND first_time >= ${numeral(query.fromMs)} AND first_time < ${numeral(query.toMs)}
      AND (end_time IS NOT NULL OR last_ended < ${numeral(nowMs - idleMs)})
      AND NOT is_mixed AND coalesce(answered_by = model, true)
    GROUP BY user_key, intent`;
}

const TALK_COLUMNS = [
  ...['closed', 'completed', 'abandoned', 'rounds', 'stay', 'later', 'follow_ups'],
  ...['judged', 'judged_yes', 'ratings', 'rating_sum'],
];
const OF_TALKS = ['user_key', ...TALK_COLUMNS.map((name) => `sum(${name}) AS ${name}`)].join(', ');

const IS_FALLBACK = 'coalesce(model <> assigned, false)';
/** What a fallback answered is a failure of the model that should have. */
const IS_FAILED = `(error IS NOT NULL OR ${IS_FALLBACK})`;

/** Requests that count, behind `FROM`. */
function countedRequests({ population, fromMs, toMs }: ExposureQuery, words: Words): string {
  return `requests
    WHERE ${scopeOf(population, words)} AND user_key IS NOT NULL
      AND time >= ${numeral(fromMs)} AND time < ${numeral(toMs)}
      AND (error IS NULL OR error NOT IN (${numbersOf(NEUTRAL_CLASSES, words)}) OR ${IS_FALLBACK})`;
}

function userRequestsSql(query: ExposureQuery, words: Words): string {
  const late = numbersOf(classesOf('timeout'), words);
  // Of a request that a fallback answered the attempt before tells; it is looked for only where it is asked for.
  const isLate = query.metrics.includes('timeout_rate')
    ? `(coalesce(error IN (${late}), false)
        OR (${IS_FALLBACK} AND seq IN (SELECT seq FROM attempts WHERE error IN (${late}))))`
    : 'false';
  const isUsed = `NOT ${IS_FAILED} AND completion_tokens IS NOT NULL`;
  return `
    SELECT user_key, count(*) AS counted, count(*) FILTER (${IS_FAILED}) AS errors,
      count(*) FILTER (${isLate}) AS timeouts, count(*) FILTER (${isUsed}) AS used,
      coalesce(sum(completion_tokens) FILTER (${isUsed}), 0) AS tokens,
      coalesce(sum(latency - coalesce(ttft, 0)) FILTER (${isUsed}), 0) AS writing
    FROM ${countedRequests(query, words)} GROUP BY user_key`;
}

/** At least one number, so that the list is one. */
function numbersOf(classes: Iterable<string>, words: Words): string {
  return [-1, ...[...classes].flatMap((word) => words.find(word) ?? [])].join(', ');
}
