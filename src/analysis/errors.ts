import type { AnswerOf } from '../contract/operation-parts.ts';
import type { Question } from '../ports/analysis.ts';
import type { AnalysisCore } from './core.ts';
import { filterOf, pageOf } from './filter.ts';
import { DAY_MS, rangeOf } from './range.ts';
import { tellError } from './tell.ts';

/**
 * Failed requests, newest first; of one class whatever their outcome, and with a text in their message whatever its case.
 */
export async function errors(
  { store, clock }: AnalysisCore,
  { query, role, cursors }: Question<'errors.list'>,
): Promise<AnswerOf<'errors.list'>> {
  const filter = {
    ...filterOf(query, rangeOf(query, clock.nowMs(), DAY_MS)),
    errorClass: query.class ?? null,
    outcome: query.class === undefined ? ('error' as const) : null,
    message: query.q ?? null,
  };
  const page = await pageOf(
    { list: 'errors', query, cursors },
    (wanted) => store.requests(filter, wanted),
    (row) => tellError(row, role),
  );
  if (query.q === undefined) return page;
  // Whoever may not read a quoted conversation may not search it either.
  const wanted = query.q.toLowerCase();
  return { ...page, items: page.items.filter(({ message }) => message?.toLowerCase().includes(wanted)) };
}
