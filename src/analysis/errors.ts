import type { AnswerOf } from '../contract/operation-parts.ts';
import { classesOf } from '../domain/error-class.ts';
import type { Question } from '../ports/analysis.ts';
import type { AnalysisCore } from './core.ts';
import { filterOf, pageOf } from './filter.ts';
import { DAY_MS, rangeOf } from './range.ts';
import { tellError } from './tell.ts';

/**
 * Failures, newest first: failed requests, and attempts that a fallback made good; of one class whatever the outcome, and
 * with a text in their message whatever its case.
 */
export async function errors(
  { store, clock }: AnalysisCore,
  { query, role, cursors }: Question<'errors.list'>,
): Promise<AnswerOf<'errors.list'>> {
  const filter = {
    ...filterOf(query, rangeOf(query, clock.nowMs(), DAY_MS)),
    errorClasses: query.class === undefined ? null : classesOf(query.class),
    onlyFailures: true,
    message: query.q ?? null,
  };
  const page = await pageOf(
    { list: 'errors', query, cursors },
    (wanted) => store.requests(filter, wanted),
    (row) => tellError(row, { role, filter }),
  );
  if (query.q === undefined) return page;
  // Whoever may not read a quoted conversation may not search it either.
  const wanted = query.q.toLowerCase();
  return { ...page, items: page.items.filter(({ message }) => message?.toLowerCase().includes(wanted)) };
}
