import type { EventFilter, Page, PageQuery } from '../../ports/event-store.ts';
import { type Row, rowsOf } from './database.ts';
import { cursorOf, readCursor, requestCondition } from './filter-sql.ts';
import type { FoundRequest } from './found-request.ts';
import { createFrameTexts, type FrameTexts } from './frame-texts.ts';
import type { IndexFile } from './index-file.ts';
import { laterOf, type Noted, withNotes } from './noted-requests.ts';

/** Requests of a session that are shown; it may have more. */
const SESSION_REQUESTS = 500;
/** What a page of scattered requests reads at once. */
const PAGE_BYTES = 4 * 1024;
const COLUMNS = 'found.seq, found.time, found.segment, found.byte, noted.* EXCLUDE (seq)';

export async function pageOfRequests(
  { database, words, journalFolder }: IndexFile,
  filter: EventFilter,
  { limit, after }: PageQuery,
): Promise<Page<FoundRequest>> {
  const { sql, values } = requestCondition(filter, words);
  const rest = after === null ? '' : 'AND (time < $time OR (time = $time AND seq < $key))';
  const found = `SELECT seq, time, segment, byte FROM requests WHERE ${sql} ${rest}
    ORDER BY time DESC, seq DESC LIMIT ${Math.trunc(limit) + 1}`;
  const statement = withNotes({ found, columns: COLUMNS, order: 'found.time DESC, found.seq DESC' });
  const rows = await rowsOf(database.asking, statement, {
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
  const statement = withNotes({
    found: `SELECT seq, time, segment, byte, name_low, name_high FROM requests WHERE session = $session
      ORDER BY time, seq LIMIT ${SESSION_REQUESTS}`,
    columns: `${COLUMNS}, text_segment, text_at`,
    order: 'found.time, found.seq',
    hasTexts: true,
  });
  const rows = await rowsOf(database.asking, statement, { session });
  const readers = {
    journal: createFrameTexts(journalFolder, 'journal', PAGE_BYTES),
    said: createFrameTexts(journalFolder, 'texts', PAGE_BYTES),
  };
  return rows.flatMap((row) => foundOf(row, words.wordOf, readers) ?? []);
}

/** Null for a request that the journal no longer has. */
function foundOf(
  row: Row,
  wordOf: (number: unknown) => string | null,
  { journal, said }: { readonly journal: FrameTexts; readonly said: FrameTexts | null },
): FoundRequest | null {
  const frame = journal.at({ segment: Number(row.segment), offset: Number(row.byte) });
  if (frame === null) return null;
  const isSaid = said !== null && typeof row.text_at === 'number';
  return {
    frame,
    said: isSaid ? said.at({ segment: Number(row.text_segment), offset: Number(row.text_at) }) : null,
    found: laterOf(row as Row & Noted, wordOf),
  };
}
