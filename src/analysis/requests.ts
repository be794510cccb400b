import type { AnswerOf } from '../contract/operation-parts.ts';
import type { Question } from '../ports/analysis.ts';
import type { AnalysisCore } from './core.ts';
import { filterOf, pageOf } from './filter.ts';
import { DAY_MS, rangeOf } from './range.ts';
import { tellRequest } from './tell.ts';

/** Requests, newest first. */
export function requests(
  { store, clock }: AnalysisCore,
  { query, role, cursors }: Question<'requests.list'>,
): Promise<AnswerOf<'requests.list'>> {
  const filter = filterOf(query, rangeOf(query, clock.nowMs(), DAY_MS));
  return pageOf(
    { list: 'requests', query, cursors },
    (page) => store.requests(filter, page),
    (row) => tellRequest(row, role),
  );
}
