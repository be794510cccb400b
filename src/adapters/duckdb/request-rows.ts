import { decideJudgement } from '../../domain/judgement.ts';
import type { EventFilter, Page, PageQuery, RowCut } from '../../ports/event-store.ts';
import { type Row, rowsOf } from './database.ts';
import { csvPieces, rowsInSlices } from './export-slices.ts';
import { cursorOf, readCursor, requestCondition } from './filter-sql.ts';
import { type FoundRequest, saidOf } from './found-request.ts';
import { createFrameTexts, type FramePlace, type FrameTexts } from './frame-texts.ts';
import type { IndexFile } from './index-file.ts';
import { createRequestLines } from './request-lines.ts';

/** Requests of a session that are shown; it may have more. */
const SESSION_REQUESTS = 500;
/** What a page of scattered requests reads at once, and an export of neighbours. */
const PAGE_BYTES = 4 * 1024;
const EXPORT_PAGE_BYTES = 1024 * 1024;

/** Beside a request's place: what was found out about it later. The last word of each kind counts. */
const NOTES = `
  arg_max(is_follow_up, id) AS is_follow_up, arg_max(intent, id) AS intent,
  arg_max(task_completed, id) FILTER (is_feedback) AS by_feedback,
  arg_max(task_completed, id) FILTER (NOT is_feedback AND judge_model IS NULL) AS by_rule,
  arg_max(task_completed, id) FILTER (judge_model IS NOT NULL) AS by_model,
  arg_max(judge_model, id) AS judge_model, arg_max(judge_reason, id) AS judge_reason, arg_max(rating, id) AS rating`;

/**
 * Inner joins with what was found, and then outer ones with those few rows: so the engine looks only at the parts of
 * `notes` and `texts` where something of it can be.
 */
const withNotes = (found: string, order: string, hasTexts = false): string => `
WITH found AS MATERIALIZED (${found}),
  noted AS (SELECT seq, ${NOTES} FROM found JOIN notes USING (seq) GROUP BY seq)
  ${hasTexts ? PLACED : ''}
SELECT found.seq, found.time, found.segment, found.byte, noted.* EXCLUDE (seq) ${hasTexts ? ', text_segment, text_at' : ''}
FROM found LEFT JOIN noted USING (seq) ${hasTexts ? 'LEFT JOIN placed USING (seq)' : ''} ORDER BY ${order}`;

/** A text has the time of its request, which finds it faster than its name. */
const PLACED = `,
  placed AS (
    SELECT seq, min(texts.segment) AS text_segment, min(texts.byte) AS text_at
    FROM found JOIN texts USING (time, name_low, name_high) GROUP BY seq
  )`;

export async function pageOfRequests(
  { database, words, journalFolder }: IndexFile,
  filter: EventFilter,
  { limit, after }: PageQuery,
): Promise<Page<FoundRequest>> {
  const { sql, values } = requestCondition(filter, words);
  const rest = after === null ? '' : 'AND (time < $time OR (time = $time AND seq < $key))';
  const found = `SELECT seq, time, segment, byte FROM requests WHERE ${sql} ${rest}
    ORDER BY time DESC, seq DESC LIMIT ${Math.trunc(limit) + 1}`;
  const rows = await rowsOf(database.asking, withNotes(found, 'found.time DESC, found.seq DESC'), {
    ...values,
    ...(after === null ? {} : readCursor(after)),
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const texts = createFrameTexts(journalFolder, 'journal', PAGE_BYTES);
  return {
    items: shown.flatMap((row) => foundOf(row, words.wordOf, { journal: texts, said: null }) ?? []),
    next: rows.length > limit && last ? cursorOf(last.time, last.seq) : null,
  };
}

/** In order of arrival. */
export async function requestsOfSession(
  { database, words, journalFolder }: IndexFile,
  session: number,
): Promise<FoundRequest[]> {
  const found = `SELECT seq, time, segment, byte, name_low, name_high FROM requests WHERE session = $session
    ORDER BY time, seq LIMIT ${SESSION_REQUESTS}`;
  const rows = await rowsOf(database.asking, withNotes(found, 'found.time, found.seq', true), { session });
  const readers = {
    journal: createFrameTexts(journalFolder, 'journal', PAGE_BYTES),
    said: createFrameTexts(journalFolder, 'texts', PAGE_BYTES),
  };
  return rows.flatMap((row) => foundOf(row, words.wordOf, readers) ?? []);
}

/** Lines of CSV, oldest first. */
export function exportRequests(
  { database, words, journalFolder }: IndexFile,
  filter: EventFilter,
  { withTexts, ...cut }: RowCut & { readonly withTexts: boolean },
): AsyncGenerator<Uint8Array> {
  const readers = {
    journal: createFrameTexts(journalFolder, 'journal', EXPORT_PAGE_BYTES),
    said: withTexts ? createFrameTexts(journalFolder, 'texts', EXPORT_PAGE_BYTES) : null,
  };
  const rows = rowsInSlices({
    connection: database.asking,
    table: 'requests',
    time: 'time',
    condition: requestCondition(filter, words),
    cut,
    statement: (sql) =>
      withNotes(
        `SELECT seq, time, segment, byte, name_low, name_high FROM requests WHERE ${sql}`,
        'found.time, found.seq',
        withTexts,
      ),
  });
  const writeLine = createRequestLines(withTexts);
  return csvPieces(rows, (out, row) => {
    const found = readers.journal.bytesAt(placeOf(row));
    if (found === null) return; // past its keeping
    const later = laterOf(row, words.wordOf);
    writeLine(out, found, withTexts ? { ...later, said: saidOf(textOf(row, readers.said)) } : later);
  });
}

const placeOf = (row: Row): FramePlace => ({ segment: Number(row.segment), offset: Number(row.byte) });

function textOf(row: Row, texts: FrameTexts | null): string | null {
  if (texts === null || typeof row.text_at !== 'number') return null;
  return texts.at({ segment: Number(row.text_segment), offset: row.text_at });
}

/** Null for a request that the journal no longer has. */
function foundOf(
  row: Row,
  wordOf: (number: unknown) => string | null,
  readers: { readonly journal: FrameTexts; readonly said: FrameTexts | null },
): FoundRequest | null {
  const frame = readers.journal.at(placeOf(row));
  return frame === null ? null : { frame, said: textOf(row, readers.said), found: laterOf(row, wordOf) };
}

/** What was found out about a request later. */
function laterOf(row: Row, wordOf: (number: unknown) => string | null): FoundRequest['found'] {
  const judged = decideJudgement({
    feedback: row.by_feedback as boolean | null,
    rule: row.by_rule as boolean | null,
    judge_model: row.by_model as boolean | null,
  });
  return {
    is_follow_up: row.is_follow_up as boolean | null,
    intent: wordOf(row.intent),
    task_completed: judged?.taskCompleted ?? null,
    judged_by: judged?.judgedBy ?? null,
    judge_model_id: wordOf(row.judge_model),
    judge_reason: wordOf(row.judge_reason),
    rating: row.rating as number | null,
  };
}
