import type { SessionRules } from '../../ports/event-store.ts';
import type { ExposureQuery } from '../../ports/exposure-sums.ts';
import { columnsOf, type RatioParts } from './exposed-cells.ts';
import { scopeOf } from './exposed-users.ts';
import { numeral } from './numeral.ts';
import { IS_ABANDONED, IS_COMPLETED } from './sums.ts';
import type { Words } from './words.ts';

/** Metrics of closed sessions. */
export const SESSION_PARTS: readonly RatioParts[] = [
  { metric: 'task_completion', m: 'judged_yes', d: 'judged' },
  { metric: 'completion_rate', m: 'completed', d: 'closed' },
  { metric: 'abandon_rate', m: 'abandoned', d: 'closed' },
  { metric: 'follow_up_rate', m: 'follow_ups', d: 'later' },
  { metric: 'session_depth', m: 'rounds', d: 'closed' },
  { metric: 'session_stay', m: 'stay', d: 'closed' },
  { metric: 'rating', m: 'rating_sum', d: 'ratings' },
];

const IS_JUDGED = 'intent IS NOT NULL AND task_completed IS NOT NULL';
const SUMS = {
  closed: 'count(*)',
  completed: `count(*) FILTER (${IS_COMPLETED})`,
  abandoned: `count(*) FILTER (${IS_ABANDONED})`,
  rounds: 'sum(rounds)',
  stay: 'sum(greatest(0, last_ended - first_time))',
  later: 'sum(later_rounds)',
  follow_ups: 'sum(charged_follow_ups)',
  judged: `count(*) FILTER (${IS_JUDGED})`,
  judged_yes: `count(*) FILTER (${IS_JUDGED} AND task_completed)`,
  ratings: 'sum(ratings)',
  rating_sum: 'sum(rating_sum)',
};

/**
 * Sums of closed sessions that the model which was assigned answered alone, by user and intent: those columns that the
 * parts name. Closed as in `sums.ts`.
 */
export function talksSql(
  query: ExposureQuery,
  { idleMs, nowMs }: SessionRules,
  { parts, words }: { readonly parts: readonly RatioParts[]; readonly words: Words },
): string {
  return `
    SELECT user_key, intent, ${columnsOf(SUMS, parts)}
    FROM sessions
    WHERE ${scopeOf(query.population, words)} AND user_key IS NOT NULL
      AND first_time >= ${numeral(query.fromMs)} AND first_time < ${numeral(query.toMs)}
      AND (end_time IS NOT NULL OR last_ended < ${numeral(nowMs - idleMs)})
      AND NOT is_mixed AND coalesce(answered_by = model, true)
    GROUP BY user_key, intent`;
}

/** The same by user, out of the table that was made of it. */
export function talksByUserSql(talks: string, parts: readonly RatioParts[]): string {
  const sums = Object.fromEntries(Object.keys(SUMS).map((name) => [name, `sum(${name})`]));
  return `SELECT user_key, ${columnsOf(sums, parts)} FROM ${talks} GROUP BY user_key`;
}
