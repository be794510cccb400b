import type { EventFilter, Page, PageQuery, SessionRow, SessionRules } from '../../ports/event-store.ts';
import { type Row, rowsOf } from './database.ts';
import { cursorOf, readCursor, sessionCondition } from './filter-sql.ts';
import type { IndexFile } from './index-file.ts';
import { IS_ABANDONED, IS_COMPLETED } from './sums.ts';

const COLUMNS = `
session, instance, session_id, user_id, model, route, first_time, greatest(0, last_ended - first_time) AS stay,
rounds, end_time IS NOT NULL AS is_ended, end_time IS NOT NULL OR $now - last_ended > $idle AS is_closed,
${IS_COMPLETED} AS completed, ${IS_ABANDONED} AS abandoned, follow_ups, intent, task_completed, judged_by, errors,
latency_sum, latency_count, is_mixed`;

export async function pageOfSessions(
  { database, words }: IndexFile,
  filter: EventFilter,
  { limit, after, idleMs, nowMs }: PageQuery & SessionRules,
): Promise<Page<SessionRow>> {
  const { sql, values } = sessionCondition(filter, words);
  const rest = after === null ? '' : 'AND (first_time < $time OR (first_time = $time AND session < $key))';
  const rows = await rowsOf(
    database.asking,
    `SELECT ${COLUMNS} FROM sessions WHERE ${sql} ${rest}
     ORDER BY first_time DESC, session DESC LIMIT ${Math.trunc(limit) + 1}`,
    { ...values, now: nowMs, idle: idleMs, ...(after === null ? {} : readCursor(after)) },
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => sessionOf(row, words.wordOf)),
    next: rows.length > limit && last ? cursorOf(last.first_time, last.session) : null,
  };
}

/** By instance, else the newest instance of a session id; with its number in the index. */
export async function findSession(
  { database, words }: IndexFile,
  id: string,
  { idleMs, nowMs }: SessionRules,
): Promise<{ readonly key: number; readonly session: SessionRow } | null> {
  const [row] = await rowsOf(
    database.asking,
    `SELECT ${COLUMNS} FROM sessions WHERE instance = $id OR session_id = $id
     ORDER BY instance = $id DESC, first_time DESC, session DESC LIMIT 1`,
    { id, now: nowMs, idle: idleMs },
  );
  return row ? { key: Number(row.session), session: sessionOf(row, words.wordOf) } : null;
}

/** Oldest first, chunk by chunk: one is made when it is asked for. */
export async function* exportSessions(
  { database, words }: IndexFile,
  filter: EventFilter,
  { idleMs, nowMs }: SessionRules,
): AsyncGenerator<SessionRow[]> {
  const { sql, values } = sessionCondition(filter, words);
  const statement = `SELECT ${COLUMNS} FROM sessions WHERE ${sql} ORDER BY first_time, session`;
  for await (const rows of database.stream(statement, { ...values, now: nowMs, idle: idleMs }))
    yield rows.map((row) => sessionOf(row, words.wordOf));
}

function sessionOf(row: Row, wordOf: (number: unknown) => string | null): SessionRow {
  const isClosed = row.is_closed === true;
  const answers = Number(row.latency_count);
  return {
    session_instance: row.instance as string,
    session_id: row.session_id as string,
    user_id: row.user_id as string | null,
    model_id: wordOf(row.model),
    route_id: wordOf(row.route),
    started_at_ms: Number(row.first_time),
    stay_ms: Number(row.stay),
    rounds: Number(row.rounds),
    completed: isClosed ? row.completed === true : null,
    abandoned: isClosed ? row.abandoned === true : null,
    ended_by: isClosed ? (row.is_ended === true ? 'end_call' : 'idle') : null,
    follow_ups: Number(row.follow_ups),
    intent: wordOf(row.intent),
    task_completed: row.task_completed as boolean | null,
    judged_by: row.judged_by as string | null,
    errors: Number(row.errors),
    latency_mean_ms: answers === 0 ? null : Number(row.latency_sum) / answers,
    is_mixed: row.is_mixed === true,
  };
}
