import type { AnswerOf } from '../contract/operation-parts.ts';
import type { Question } from '../ports/analysis.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { filterOf, pageOf } from './filter.ts';
import { DAY_MS, rangeOf } from './range.ts';
import { tellSession } from './tell.ts';

/** Sessions, newest first. */
export function sessions(
  core: AnalysisCore,
  { query, cursors }: Question<'sessions.list'>,
): Promise<AnswerOf<'sessions.list'>> {
  const filter = filterOf(query, rangeOf(query, core.clock.nowMs(), DAY_MS));
  return pageOf(
    { list: 'sessions', query, cursors },
    (page) => core.store.sessions(filter, page, sessionRules(core)),
    tellSession,
  );
}
