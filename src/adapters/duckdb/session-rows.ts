import { outcomeOf } from '../../domain/session-outcome.ts';
import type {
  EventFilter,
  Page,
  PageQuery,
  RowCut,
  SessionRow,
  SessionRules,
} from '../../ports/event-store.ts';
import { SESSION_COLUMNS } from '../../ports/export-columns.ts';
import { type Row, rowsOf } from './database.ts';
import { csvPieces, rowsInSlices } from './export-slices.ts';
import { cursorOf, readCursor, sessionCondition, sessionKeyCondition } from './filter-sql.ts';
import type { IndexFile } from './index-file.ts';
import { OUTCOMES } from './index-schema.ts';
import type { Words } from './words.ts';

const COLUMNS = `
session, instance, coalesce(session_id, instance) AS session_id, user_id, model, route, first_time, last_ended, last_outcome, rounds, end_time,
end_completed, follow_ups, intent, task_completed, judged_by, judge_model, judge_reason, errors, latency_sum, latency_count,
is_mixed`;
const NAMED = 'found JOIN session_keys USING (session) LEFT JOIN users USING (user_key)';

export async function pageOfSessions(
  { database, words }: IndexFile,
  filter: EventFilter,
  { limit, after, ...rules }: PageQuery & SessionRules,
): Promise<Page<SessionRow>> {
  const { sql, values } = sessionCondition(filter, words);
  const rest = after === null ? '' : 'AND (first_time < $time OR (first_time = $time AND session < $key))';
  const rows = await rowsOf(
    database.asking,
    // First which ones: sorting all with their texts would read every column of the table.
    `WITH found AS MATERIALIZED (SELECT * FROM sessions WHERE session IN (
       SELECT session FROM sessions WHERE ${sql} ${rest}
       ORDER BY first_time DESC, session DESC LIMIT ${Math.trunc(limit) + 1}
     )) SELECT ${COLUMNS} FROM ${NAMED} ORDER BY first_time DESC, session DESC`,
    { ...values, ...(after === null ? {} : readCursor(after)) },
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => sessionOf(row, words, rules)),
    next: rows.length > limit && last ? cursorOf(last.first_time, last.session) : null,
  };
}

/** By instance, else the newest instance of a session id; with its number in the index. */
export async function findSession(
  { database, words }: IndexFile,
  id: string,
  rules: SessionRules,
): Promise<{ readonly key: number; readonly session: SessionRow } | null> {
  const key = sessionKeyCondition(id);
  const [row] = await rowsOf(
    database.asking,
    `WITH found AS MATERIALIZED (SELECT * FROM sessions WHERE session IN (
       SELECT session FROM session_keys WHERE ${key.sql}
     )) SELECT ${COLUMNS} FROM ${NAMED} ORDER BY instance = $session DESC, first_time DESC, session DESC LIMIT 1`,
    key.values,
  );
  return row ? { key: Number(row.session), session: sessionOf(row, words, rules) } : null;
}

/** Lines of CSV, oldest first. */
export function exportSessions(
  { database, words }: IndexFile,
  filter: EventFilter,
  { cut, rules }: { readonly cut: RowCut; readonly rules: SessionRules },
): AsyncGenerator<Uint8Array> {
  const connection = database.asking;
  const rows = rowsInSlices({
    connection,
    table: 'sessions',
    time: 'first_time',
    condition: sessionCondition(filter, words),
    cut,
    async ask({ sql, values, skip, most }) {
      const statement = `WITH found AS MATERIALIZED (SELECT * FROM sessions WHERE ${sql})
        SELECT ${COLUMNS} FROM ${NAMED} ORDER BY first_time, session`;
      return (await rowsOf(connection, statement, values)).slice(skip, skip + most);
    },
  });
  return csvPieces(rows, (out, row) => {
    const session = sessionOf(row, words, rules);
    out.beginLine(0);
    for (const { value } of SESSION_COLUMNS) out.cell(value(session));
    out.endLine();
  });
}

function sessionOf(row: Row, { wordOf }: Words, rules: SessionRules): SessionRow {
  const answers = Number(row.latency_count);
  const sums = {
    firstArrivedMs: Number(row.first_time),
    lastEndedMs: Number(row.last_ended),
    lastOutcome: OUTCOMES[Number(row.last_outcome)] ?? 'error',
    rounds: Number(row.rounds),
  };
  const reason = row.end_completed === true ? 'completed' : 'abandoned';
  const end = row.end_time === null ? null : ({ atMs: Number(row.end_time), reason } as const);
  const { endedBy, completed, abandoned, stayMs, depth } = outcomeOf(sums, end, rules);
  return {
    session_instance: row.instance as string,
    session_id: row.session_id as string,
    user_id: row.user_id as string | null,
    model_id: wordOf(row.model),
    route_id: wordOf(row.route),
    started_at_ms: sums.firstArrivedMs,
    stay_ms: stayMs,
    rounds: depth,
    completed: endedBy === null ? null : completed,
    abandoned: endedBy === null ? null : abandoned,
    ended_by: endedBy,
    follow_ups: Number(row.follow_ups),
    intent: wordOf(row.intent),
    task_completed: row.task_completed as boolean | null,
    judged_by: row.judged_by as SessionRow['judged_by'],
    judge_model_id: wordOf(row.judge_model),
    judge_reason: wordOf(row.judge_reason),
    errors: Number(row.errors),
    latency_mean_ms: answers === 0 ? null : Number(row.latency_sum) / answers,
    is_mixed: row.is_mixed === true,
  };
}
