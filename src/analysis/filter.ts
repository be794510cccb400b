import { classesOf, type ErrorClassName } from '../domain/error-class.ts';
import type { Cursors } from '../ports/analysis.ts';
import type { EventFilter, Page, PageQuery, TimeRange } from '../ports/event-store.ts';

/** The conditions that lists and exports take; those of sessions are the first four. */
export interface FilterQuery {
  readonly model_id?: string;
  readonly route_id?: string;
  readonly user_id?: string;
  readonly session_id?: string;
  readonly assigned_model_id?: string;
  readonly request_id?: string;
  readonly outcome?: EventFilter['outcome'];
  readonly error_class?: ErrorClassName;
}

export function filterOf(query: FilterQuery, range: TimeRange): EventFilter {
  return {
    ...range,
    modelId: query.model_id ?? null,
    routeId: query.route_id ?? null,
    userId: query.user_id ?? null,
    sessionId: query.session_id ?? null,
    assignedModelId: query.assigned_model_id ?? null,
    requestId: query.request_id ?? null,
    outcome: query.outcome ?? null,
    errorClasses: query.error_class === undefined ? null : classesOf(query.error_class),
  };
}

/** Entries of a page where none is asked for. */
const DEFAULT_LIMIT = 100;

interface Paging {
  readonly list: string;
  readonly query: { readonly limit?: number; readonly cursor?: string };
  readonly cursors: Cursors;
}

/** One page of a list: the index's own place in it travels as an opaque cursor. */
export async function pageOf<Row, Item>(
  { list, query, cursors }: Paging,
  read: (page: PageQuery) => Promise<Page<Row>>,
  tell: (row: Row) => Item,
): Promise<{ items: Item[]; next_cursor: string | null }> {
  const after = query.cursor === undefined ? null : cursors.read(list, query.cursor);
  const { items, next } = await read({ limit: query.limit ?? DEFAULT_LIMIT, after });
  return { items: items.map(tell), next_cursor: next === null ? null : cursors.write(list, next) };
}
