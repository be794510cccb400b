import type { DuckDBConnection } from '@duckdb/node-api';
import { type ClosedSessionSums, NO_SESSIONS, type Spread } from '../../domain/model-sums.ts';
import type { SeriesStep, SessionRules, TimeRange } from '../../ports/event-store.ts';
import { type Row, rowsOf } from './database.ts';
import { numeral } from './numeral.ts';
import { attemptsWhere, HOUR_MS, SPREADS, type SpreadName, spreadWhere } from './roll-up.ts';
import { middleOf } from './spread-steps.ts';
import type { Words } from './words.ts';

export interface SumsQuery extends TimeRange, SessionRules {
  /** Null for the whole range as one step. */
  readonly stepMs: number | null;
  /** Null for all. */
  readonly modelId: string | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Group {
  readonly attempts: { attempts: number; errors: Record<string, number> };
  latency: Spread;
  ttft: Spread;
  readonly usage: { answers: number; tokens: number; writing: number };
  readonly sessions: Mutable<ClosedSessionSums>;
}

/** Each selects `step` and `model` first; the groups of all are put together by these. */
function attemptsSql(parts: Parts): string {
  const rolled = `SELECT 0, model, error, n FROM hourly_attempts WHERE ${parts.hours}`;
  return `SELECT step, model, error, sum(n) AS n FROM (
    SELECT $STEP(time) AS step, model, error, 1 AS n FROM (${parts.rows.map(attemptsWhere).join(' UNION ALL ')})
    ${parts.hours === null ? '' : `UNION ALL ${rolled}`}
  ) WHERE $MODEL(model) GROUP BY ALL`;
}

/** Nearest-rank quantiles of the steps that durations are sorted into (`stepOf`). */
const spreadSql = (name: SpreadName, { rows, hours }: Parts): string =>
  hours === null ? shortSpreadSql(name, rows) : longSpreadSql(name, rows, hours);

/** Of many short steps: the engine sorts the values of each. */
const shortSpreadSql = (name: SpreadName, rows: readonly string[]): string => `
SELECT *, places[1] AS p50, places[2] AS p95, places[3] AS p99 FROM (
  SELECT $STEP(time) AS step, model, count(*) AS n, ${SPREADS[name].sums},
    quantile_disc(${name}_step, [0.5, 0.95, 0.99]) AS places
  FROM requests WHERE outcome = 0 AND ${name} IS NOT NULL AND $MODEL(model) AND (${rows.join(' OR ')})
  GROUP BY ALL
)`;

/** Of one long step: out of counts. */
function longSpreadSql(name: SpreadName, conditions: readonly string[], hours: string): string {
  const usage = name === 'latency' ? ['answers', 'tokens', 'writing'] : [];
  const sums = ['n', 'total', ...usage].map((column) => `sum(${column}) AS ${column}`).join(', ');
  const columns = ['model', 'place', 'n', 'total', ...usage].join(', ');
  const rows = conditions.map((condition) => spreadWhere(name, '0 AS step', condition));
  const rolled = `SELECT 0, ${columns} FROM ${SPREADS[name].table} WHERE ${hours}`;
  return `
WITH counted AS (
  SELECT step, model, place, ${sums} FROM (${[...rows, rolled].join(' UNION ALL ')})
  WHERE $MODEL(model) GROUP BY ALL
), passed AS (
  SELECT *, sum(n) OVER (PARTITION BY step, model ORDER BY place) AS passed,
    sum(n) OVER (PARTITION BY step, model) AS of_all
  FROM counted
)
SELECT step, model, ${sums},
  min(place) FILTER (passed >= ceil(0.5 * of_all)) AS p50,
  min(place) FILTER (passed >= ceil(0.95 * of_all)) AS p95,
  min(place) FILTER (passed >= ceil(0.99 * of_all)) AS p99
FROM passed GROUP BY step, model`;
}

/** What a range is added up from. */
interface Parts {
  /** Conditions of disjoint sets of requests. */
  readonly rows: readonly string[];
  /** Condition of the whole hours that are rolled up; null where none is taken. */
  readonly hours: string | null;
}

function partsOf({ fromMs, toMs, stepMs }: SumsQuery, rolled: number): Parts {
  const between = (from: number, to: number) => `time >= ${numeral(from)} AND time < ${numeral(to)}`;
  const [first, end] = [Math.ceil(fromMs / HOUR_MS), Math.floor(toMs / HOUR_MS)];
  if (stepMs !== null || first >= end) return { rows: [between(fromMs, toMs)], hours: null };
  const [firstMs, endMs] = [first * HOUR_MS, end * HOUR_MS];
  return {
    rows: [between(fromMs, firstMs), `${between(firstMs, endMs)} AND seq >= ${rolled}`, between(endMs, toMs)],
    hours: `hour >= ${first} AND hour < ${end} AND until <= ${rolled}`,
  };
}

/**
 * Closed as `outcomeOf` of the domain says: by the end call, or when the idle time is over. Each in a form that lets the
 * engine pass over the parts of the table where it cannot be true.
 */
const CLOSED = `
WITH closed AS (
  SELECT *, end_time AS closed_at FROM sessions WHERE end_time >= $from AND end_time < $to
  UNION ALL
  SELECT *, last_ended + $idle AS closed_at FROM sessions
  WHERE end_time IS NULL AND last_ended < $now - $idle AND last_ended >= $from - $idle AND last_ended < $to - $idle
)`;

/** `outcomeOf` of the domain in the engine's words; the conformance of the port holds both to the same. */
export const IS_COMPLETED = '(rounds >= 3 AND coalesce(end_completed, last_outcome = 0))';
export const IS_ABANDONED = 'coalesce(NOT end_completed, last_outcome = 3)';

const SESSIONS = `${CLOSED}
SELECT $STEP(closed_at) AS step, model, answered_by, is_mixed, count(*) AS closed,
  count(*) FILTER (${IS_COMPLETED}) AS completed,
  count(*) FILTER (${IS_ABANDONED}) AS abandoned, sum(rounds) AS rounds,
  sum(greatest(0, last_ended - first_time)) AS stay,
  count(*) FILTER (intent IS NOT NULL) AS with_intent,
  count(*) FILTER (intent IS NOT NULL AND task_completed IS NOT NULL) AS judged,
  count(*) FILTER (intent IS NOT NULL AND task_completed) AS judged_yes,
  sum(ratings) AS ratings, sum(rating_sum) AS rating_sum,
  sum(later_rounds) AS later, sum(charged_follow_ups) AS follow_ups
FROM closed WHERE $MODEL(model) OR $MODEL(answered_by) GROUP BY ALL`;

/** Sums by step and model, steps in order. */
export async function sumsBySteps(
  connection: DuckDBConnection,
  words: Words,
  query: SumsQuery,
): Promise<SeriesStep[]> {
  const model = query.modelId === null ? null : words.find(query.modelId);
  if (query.modelId !== null && model === null) return [];
  const groups = new Map<string, Group & { readonly step: number; readonly modelId: string }>();
  const isAsked = (number: unknown) => number !== null && (model === null || number === model);
  const groupOf = (number: unknown, row: Row) => {
    const name = `${row.step} ${number}`;
    let group = groups.get(name);
    if (!group) {
      const modelId = words.wordOf(number) ?? '';
      group = { step: Number(row.step), modelId, ...emptyGroup() };
      groups.set(name, group);
    }
    return group;
  };
  const ask = (sql: string) => rowsOf(connection, spell(sql, query, model));

  const [settled] = await rowsOf(connection, 'SELECT rolled FROM settled');
  const parts = partsOf(query, Number(settled?.rolled));

  for (const row of await ask(attemptsSql(parts))) {
    const { attempts } = groupOf(row.model, row);
    attempts.attempts += Number(row.n);
    const error = words.wordOf(row.error);
    if (error !== null) attempts.errors[error] = Number(row.n);
  }
  for (const row of await ask(spreadSql('latency', parts))) {
    const group = groupOf(row.model, row);
    group.latency = spreadOf(row);
    Object.assign(group.usage, row);
  }
  for (const row of await ask(spreadSql('ttft', parts))) groupOf(row.model, row).ttft = spreadOf(row);
  for (const row of await ask(SESSIONS)) {
    if (isAsked(row.model)) addClosed(groupOf(row.model, row).sessions, row);
    if (row.is_mixed === true || !isAsked(row.answered_by) || row.later === 0) continue;
    // To the model that gave the answer before, which in these sessions is one.
    const { sessions } = groupOf(row.answered_by, row);
    sessions.laterRounds += Number(row.later);
    sessions.followUps += Number(row.follow_ups);
  }
  return [...groups.values()]
    .map((group) => ({
      fromMs: query.fromMs + group.step * (query.stepMs ?? 0),
      modelId: group.modelId,
      attempts: {
        ...group.attempts,
        latencyMs: group.latency,
        ttftMs: group.ttft,
        answersWithUsage: Number(group.usage.answers),
        completionTokens: Number(group.usage.tokens),
        writingMs: Number(group.usage.writing),
      },
      sessions: group.sessions,
    }))
    .sort((a, b) => a.fromMs - b.fromMs || (a.modelId < b.modelId ? -1 : 1));
}

/** All that is put into the text are numbers. */
function spell(sql: string, query: SumsQuery, model: number | null): string {
  const { fromMs, toMs, stepMs, idleMs, nowMs } = query;
  const step = stepMs === null ? '0' : `CAST(floor(($1 - ${fromMs}) / ${stepMs}) AS INTEGER)`;
  return sql
    .replaceAll(/\$STEP\((\w+)\)/g, (_, time: string) => step.replace('$1', time))
    .replaceAll(/\$MODEL\((\w+)\)/g, (_, name: string) =>
      model === null ? `${name} IS NOT NULL` : `${name} = ${model}`,
    )
    .replaceAll('$from', numeral(fromMs))
    .replaceAll('$to', numeral(toMs))
    .replaceAll('$idle', numeral(idleMs))
    .replaceAll('$now', numeral(nowMs));
}

const NOTHING: Spread = { count: 0, sum: 0, p50: null, p95: null, p99: null };

function spreadOf({ n, total, p50, p95, p99 }: Row): Spread {
  const [middle, high, highest] = [p50, p95, p99].map((step) => middleOf(Number(step)));
  return {
    count: Number(n),
    sum: Number(total),
    p50: middle ?? null,
    p95: high ?? null,
    p99: highest ?? null,
  };
}

function addClosed(sessions: Mutable<ClosedSessionSums>, row: Row): void {
  if (row.is_mixed === true) {
    sessions.mixed += Number(row.closed);
    return;
  }
  sessions.closed += Number(row.closed);
  sessions.completed += Number(row.completed);
  sessions.abandoned += Number(row.abandoned);
  sessions.rounds += Number(row.rounds);
  sessions.stayMs += Number(row.stay);
  sessions.withIntent += Number(row.with_intent);
  sessions.judged += Number(row.judged);
  sessions.judgedYes += Number(row.judged_yes);
  sessions.ratings += Number(row.ratings);
  sessions.ratingSum += Number(row.rating_sum);
}

function emptyGroup(): Group {
  return {
    attempts: { attempts: 0, errors: {} },
    latency: NOTHING,
    ttft: NOTHING,
    usage: { answers: 0, tokens: 0, writing: 0 },
    sessions: { ...NO_SESSIONS },
  };
}
