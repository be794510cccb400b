import { AdminFault, invalid } from '../contract/fault.ts';
import { type Column, csvHead } from '../domain/csv.ts';
import type { Download, Question } from '../ports/analysis.ts';
import type { RowCut, TimeRange } from '../ports/event-store.ts';
import { requestColumns, SESSION_COLUMNS } from '../ports/export-columns.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { filterOf } from './filter.ts';
import { rangeOf, toldRange } from './range.ts';
import { seesTexts } from './tell.ts';

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
    columns: requestColumns(withTexts),
    lines: (cut) => store.exportRequests(filterOf(query, range), { ...cut, withTexts }),
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
    lines: (cut) => core.store.exportSessions(filterOf(query, range), cut, sessionRules(core)),
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
  readonly lines: (cut: RowCut) => AsyncIterable<Uint8Array>;
}

/** Looks for the first row before anything is sent: what cannot be answered is still a problem document then. */
async function download<Row>({ name, query, range, columns, lines }: Export<Row>): Promise<Download> {
  const { split, part = 1 } = query;
  if (split === undefined && query.part !== undefined) {
    throw invalid('part', 'goes with split, the number of rows of one file');
  }
  const most = split ?? Number.POSITIVE_INFINITY;
  const rest = lines({ skip: split === undefined ? 0 : split * (part - 1), most })[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done && part > 1) {
    throw new AdminFault('not_found', `there is no part ${part}: the rows end before it`);
  }
  const number = split === undefined ? '' : `-${String(part).padStart(3, '0')}`;
  return {
    headers: {
      'content-disposition': `attachment; filename="${name}${number}.csv"`,
      ...(split !== undefined && { link: `<${nextPart(query, range, part)}>; rel="next"` }),
    },
    chunks: chunksOf([csvHead(columns), ...(first.done ? [] : [first.value])], rest),
  };
}

/** The next file's address beside this one. The range is pinned, so that all parts are cut from the same rows. */
function nextPart(query: ExportQuery, range: TimeRange, part: number): string {
  const { window: _until, ...conditions } = query as ExportQuery & { readonly window?: string };
  const next = { ...conditions, ...toldRange(range), part: part + 1 };
  const pairs = Object.entries(next).map(([name, value]): [string, string] => [name, String(value)]);
  return `?${new URLSearchParams(pairs)}`;
}

/** What is there, then the rest; stopping ends the reading too, also before the first piece was asked for. */
function chunksOf(
  first: readonly (string | Uint8Array)[],
  rest: AsyncIterator<Uint8Array>,
): AsyncIterable<string | Uint8Array> {
  let at = 0;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const value = first[at];
        at += 1;
        return value === undefined ? rest.next() : { done: false, value };
      },
      async return() {
        await rest.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
