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
import { quantileCells } from './exposed-quantiles.ts';
import { exposedUsersSql, numeral, STRATA, scopeOf } from './exposed-users.ts';
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
  const [users, asked] = [`exposed_${questions}`, `asked_${questions}`];
  const wanted = (parts: readonly RatioParts[]) =>
    parts.filter(({ metric }) => query.metrics.includes(metric));
  const quantiles = query.metrics.filter((metric) => inferenceOf(metric)?.kind === 'quantile');
  const arms = query.population.kind === 'experiment' ? query.population.arms.length : 1;
  try {
    await connection.run(`CREATE TEMP TABLE ${users} AS ${exposedUsersSql(query, words)}`);
    const from = { connection, users: `(SELECT * FROM ${users} WHERE is_sure AND NOT is_in_two)`, arms };
    const sessions = sessionsSql(query, { rules, words, users: from.users });
    const found = await ratiosOf(from, wanted(SESSION_PARTS), userSessionsSql(sessions, 'stratum'));
    const byIntent = await intentsOf(from, { parts: wanted(SESSION_PARTS), sessions, words });
    const requestParts = wanted(REQUEST_PARTS);
    if (requestParts.length + quantiles.length > 0) {
      await connection.run(`CREATE TEMP TABLE ${asked} AS ${requestsSql(query, words, from.users)}`);
    }
    found.push(...(await ratiosOf(from, requestParts, userRequestsSql(asked))));
    for (const metric of quantiles) {
      const inference = inferenceOf(metric);
      if (inference?.kind !== 'quantile') continue;
      const value = metric.startsWith('ttft') ? 'ttft' : 'latency';
      const cells = await quantileCells(connection, { table: asked, value, p: inference.p, arms });
      found.push([metric, { kind: 'quantile', arms: cells }]);
    }
    return { metrics: found, byIntent, ...(await exposedHealth(connection, { users, arms, words })) };
  } finally {
    for (const table of [users, asked]) await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

interface From {
  readonly connection: DuckDBConnection;
  /** Those who count. */
  readonly users: string;
  readonly arms: number;
}

async function ratiosOf({ connection, arms }: From, parts: readonly RatioParts[], users: string) {
  if (parts.length === 0) return [];
  const rows = await rowsOf(connection, cellsSql(parts, users, 'place, stratum'));
  return parts.map(({ metric }, index): [MetricId, MetricEvidence] => {
    const strata = STRATA.flatMap((name, stratum) => {
      const own = rows.filter((row) => row.stratum === stratum);
      return own.length === 0 ? [] : [{ name, arms: cellsIn(own, arms, index) }];
    });
    return [metric, { kind: 'ratio', strata }];
  });
}

async function intentsOf(
  { connection, arms }: From,
  more: { readonly parts: readonly RatioParts[]; readonly sessions: string; readonly words: Words },
): Promise<[MetricId, Cells[]][]> {
  const { parts, sessions, words } = more;
  if (parts.length === 0) return [];
  const users = userSessionsSql(`SELECT * FROM (${sessions}) WHERE intent IS NOT NULL`, 'intent');
  const rows = await rowsOf(connection, cellsSql(parts, users, 'place, intent'));
  const intents = [...new Set(rows.map(({ intent }) => intent))];
  return parts.map(({ metric }, index) => [
    metric,
    intents.map((intent) => ({
      name: words.wordOf(intent) ?? '',
      arms: cellsIn(
        rows.filter((row) => row.intent === intent),
        arms,
        index,
      ),
    })),
  ]);
}

function cellsIn(rows: readonly Row[], arms: number, index: number) {
  return Array.from({ length: arms }, (_, place) =>
    cellOf(
      rows.find((row) => row.place === place),
      index,
    ),
  );
}

interface Sessions {
  readonly rules: SessionRules;
  readonly words: Words;
  readonly users: string;
}

/** Closed sessions that the model which was assigned answered alone. Closed as in `sums.ts`. */
function sessionsSql(query: ExposureQuery, { rules: { idleMs, nowMs }, words, users }: Sessions): string {
  return `
    SELECT user_key, place, stratum, intent, rounds, later_rounds, charged_follow_ups, ratings, rating_sum,
      greatest(0, last_ended - first_time) AS stay, ${IS_COMPLETED} AS is_completed, ${IS_ABANDONED} AS is_abandoned,
      intent IS NOT NULL AND task_completed IS NOT NULL AS is_judged, task_completed
    FROM sessions JOIN ${users} USING (user_key)
    WHERE ${scopeOf(query.population, words)}
      AND first_time >= ${numeral(query.fromMs)} AND first_time < ${numeral(query.toMs)}
      AND (end_time IS NOT NULL OR last_ended < ${numeral(nowMs - idleMs)})
      AND NOT is_mixed AND coalesce(answered_by = sessions.model, true)`;
}

function userSessionsSql(sessions: string, group: 'stratum' | 'intent'): string {
  return `
    SELECT user_key, place, ${group}, count(*) AS closed, count(*) FILTER (is_completed) AS completed,
      count(*) FILTER (is_abandoned) AS abandoned, sum(rounds) AS rounds, sum(stay) AS stay,
      sum(later_rounds) AS later, sum(charged_follow_ups) AS follow_ups, count(*) FILTER (is_judged) AS judged,
      count(*) FILTER (is_judged AND task_completed) AS judged_yes, sum(ratings) AS ratings,
      sum(rating_sum) AS rating_sum
    FROM (${sessions}) GROUP BY user_key, place, ${group}`;
}

/** Requests that count: what a fallback answered is a failure of the model that should have. */
function requestsSql(query: ExposureQuery, words: Words, users: string): string {
  const [neutral, late] = [numbersOf(NEUTRAL_CLASSES, words), numbersOf(classesOf('timeout'), words)];
  return `
    SELECT user_key, place, stratum, is_failed, is_late, NOT is_failed AND completion_tokens IS NOT NULL AS is_used,
      completion_tokens AS tokens, latency - coalesce(ttft, 0) AS writing,
      if(is_failed, 'infinity'::DOUBLE, latency) AS latency, if(is_failed, 'infinity'::DOUBLE, ttft) AS ttft
    FROM (
      SELECT user_key, completion_tokens, latency, ttft, coalesce(model <> assigned, false) AS is_fallback,
        is_fallback OR error IS NOT NULL AS is_failed,
        coalesce(error IN (${late}), false)
          OR (is_fallback AND seq IN (SELECT seq FROM attempts WHERE error IN (${late}))) AS is_late
      FROM requests
      WHERE ${scopeOf(query.population, words)}
        AND time >= ${numeral(query.fromMs)} AND time < ${numeral(query.toMs)}
        AND (coalesce(model <> assigned, false) OR error IS NULL OR error NOT IN (${neutral}))
    ) JOIN ${users} USING (user_key)`;
}

function userRequestsSql(table: string): string {
  return `
    SELECT user_key, place, stratum, count(*) AS counted, count(*) FILTER (is_failed) AS errors,
      count(*) FILTER (is_late) AS timeouts, count(*) FILTER (is_used) AS used,
      coalesce(sum(tokens) FILTER (is_used), 0) AS tokens, coalesce(sum(writing) FILTER (is_used), 0) AS writing
    FROM ${table} GROUP BY user_key, place, stratum`;
}

/** At least one number, so that the list is one. */
function numbersOf(classes: Iterable<string>, words: Words): string {
  return [-1, ...[...classes].flatMap((word) => words.find(word) ?? [])].join(', ');
}
