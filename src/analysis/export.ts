import { setImmediate as nextTurn } from 'node:timers/promises';
import { AdminFault, invalid } from '../contract/fault.ts';
import type { Download, Question } from '../ports/analysis.ts';
import type { TimeRange } from '../ports/event-store.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { type Column, csvHead, csvRow } from './csv.ts';
import { REQUEST_COLUMNS, SESSION_COLUMNS, TEXT_COLUMNS } from './export-columns.ts';
import { filterOf } from './filter.ts';
import { rangeOf, toldRange } from './range.ts';
import { seesTexts } from './tell.ts';

/** Written without a pause: about a millisecond, so that requests which are served meanwhile do not wait for it. */
const CHUNK_CHARS = 65_536;

/** Requests as CSV, oldest first. Throws `forbidden` when texts are asked for by who may not read them. */
export async function exportRequests(
  { store, clock }: AnalysisCore,
  { query, role }: Question<'export.requests'>,
): Promise<Download> {
  const withTexts = query.text === true;
  if (withTexts && !seesTexts(role)) {
    throw new AdminFault('forbidden', `text=true needs the role analyst, this key has ${role}; leave it out`);
  }
  const range = rangeOf(query, clock.nowMs(), Number.POSITIVE_INFINITY);
  return download({
    name: 'requests',
    query,
    range,
    columns: withTexts ? [...REQUEST_COLUMNS, ...TEXT_COLUMNS] : REQUEST_COLUMNS,
    batches: store.exportRequests(filterOf(query, range), withTexts),
  });
}

/** Sessions as CSV, oldest first. */
export async function exportSessions(
  core: AnalysisCore,
  { query }: Question<'export.sessions'>,
): Promise<Download> {
  const range = rangeOf(query, core.clock.nowMs(), Number.POSITIVE_INFINITY);
  return download({
    name: 'sessions',
    query,
    range,
    columns: SESSION_COLUMNS,
    batches: core.store.exportSessions(filterOf(query, range), sessionRules(core)),
  });
}

interface ExportQuery {
  readonly split?: number;
  readonly part?: number;
}

interface Export<Row> {
  readonly name: string;
  readonly query: ExportQuery;
  readonly range: TimeRange;
  readonly columns: readonly Column<Row>[];
  readonly batches: AsyncIterable<readonly Row[]>;
}

/** Looks for the first row before anything is sent: what cannot be answered is still a problem document then. */
async function download<Row>({ name, query, range, columns, batches }: Export<Row>): Promise<Download> {
  const { split, part = 1 } = query;
  if (split === undefined && query.part !== undefined) {
    throw invalid('part', 'goes with split, the number of rows of one file');
  }
  const skip = split === undefined ? 0 : split * (part - 1);
  const slices = rowsBetween(batches, skip, split ?? Number.POSITIVE_INFINITY);
  const first = await slices.next();
  if (first.done && part > 1) {
    throw new AdminFault('not_found', `there is no part ${part}: the rows end before it`);
  }
  const number = split === undefined ? '' : `-${String(part).padStart(3, '0')}`;
  return {
    headers: {
      'content-disposition': `attachment; filename="${name}${number}.csv"`,
      ...(split !== undefined && { link: `<${nextPart(query, range, part)}>; rel="next"` }),
    },
    chunks: chunksOf(columns, first.done ? [] : first.value, slices),
  };
}

/** The next file's address beside this one. The range is pinned, so that all parts are cut from the same rows. */
function nextPart(query: ExportQuery, range: TimeRange, part: number): string {
  const { window: _until, ...conditions } = query as ExportQuery & { readonly window?: string };
  const next = { ...conditions, ...toldRange(range), part: part + 1 };
  const pairs = Object.entries(next).map(([name, value]): [string, string] => [name, String(value)]);
  return `?${new URLSearchParams(pairs)}`;
}

/** The rows from `skip` on, `most` of them, in the batches that they come in. */
async function* rowsBetween<Row>(
  batches: AsyncIterable<readonly Row[]>,
  skip: number,
  most: number,
): AsyncGenerator<readonly Row[], undefined> {
  let seen = 0;
  const end = skip + most;
  for await (const batch of batches) {
    const rows = batch.slice(Math.max(0, skip - seen), Math.max(0, end - seen));
    seen += batch.length;
    if (rows.length > 0) yield rows;
    if (seen >= end) return;
  }
}

/** Head and rows as text; stopping ends the reading too, also before the first piece was asked for. */
function chunksOf<Row>(
  columns: readonly Column<Row>[],
  first: readonly Row[],
  rest: AsyncGenerator<readonly Row[], undefined>,
): AsyncIterable<string> {
  const chunks = written(columns, first, rest);
  const stop = async (): Promise<IteratorResult<string, undefined>> => {
    await rest.return(undefined);
    return chunks.return(undefined);
  };
  return { [Symbol.asyncIterator]: () => ({ next: () => chunks.next(), return: stop }) };
}

/** The next piece is made when it is asked for: whoever reads slowly holds all of this back. */
async function* written<Row>(
  columns: readonly Column<Row>[],
  first: readonly Row[],
  rest: AsyncGenerator<readonly Row[], undefined>,
): AsyncGenerator<string, undefined> {
  let chunk = csvHead(columns);
  for (let rows: readonly Row[] | undefined = first; rows; rows = (await rest.next()).value) {
    for (const row of rows) {
      chunk += csvRow(columns, row);
      if (chunk.length < CHUNK_CHARS) continue;
      yield chunk;
      chunk = '';
      await nextTurn();
    }
  }
  yield chunk;
}
