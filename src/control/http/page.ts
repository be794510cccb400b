import type { Cursors } from '../../ports/analysis.ts';

export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}
interface Paging {
  readonly list: string;
  readonly query: PageRequest;
  readonly cursors: Cursors;
}

/** Entries of a page where none is asked for; the most is 500, as the schema says. */
const DEFAULT_LIMIT = 100;

/** A page of things that are in memory, in the order of their ids. */
export function pageById<T extends { readonly id: string }>(
  all: Iterable<T>,
  { list, query, cursors }: Paging,
) {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const after = query.cursor === undefined ? null : cursors.read(list, query.cursor);
  const sorted = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = after === null ? sorted : sorted.filter((one) => one.id > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: last && rest.length > limit ? cursors.write(list, last.id) : null };
}

/** A page of history, newest first; `read` gets one entry more than wanted, to know whether more follow. */
export async function pageOfHistory<T>(
  { list, query, cursors }: Paging,
  numberOf: (entry: T) => number,
  read: (page: { before: number | null; limit: number }) => Promise<readonly T[]>,
) {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const before = query.cursor === undefined ? null : Number(cursors.read(list, query.cursor));
  const found = await read({ before, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: last && found.length > limit ? cursors.write(list, String(numberOf(last))) : null,
  };
}
