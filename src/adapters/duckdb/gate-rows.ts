import { NEUTRAL_CLASSES } from '../../domain/metric.ts';
import type { GateSumsQuery } from '../../ports/event-store.ts';
import { numeral } from './numeral.ts';
import { IS_ABANDONED, IS_COMPLETED } from './sums.ts';
import type { Words } from './words.ts';

/** `place` of the two groups. */
export const [CANDIDATE, CONTROL] = [0, 1] as const;

/** What is counted of each row: numerator and denominator, both 0 where the row does not count. */
export interface Counted {
  readonly m: string;
  readonly d: string;
}

/** `word IN (…)` by the numbers of words; false where no frame has used any of them. */
export function isOneOf(column: string, names: readonly string[], words: Words): string {
  const numbers = names.flatMap((name) => words.find(name) ?? []);
  return numbers.length === 0 ? 'false' : `coalesce(${column} IN (${numbers.join(', ')}), false)`;
}

/**
 * Requests of an epoch that the rollout counts: by whom they were to be answered, whether that failed, and why. A request
 * that another model answered than the assigned one is a failure of that one; its class is that of the attempt that failed.
 */
export function requestsSql(query: GateSumsQuery, words: Words): string {
  return `
WITH tried AS (
  SELECT seq, model, any_value(error) AS error FROM attempts WHERE time >= ${numeral(query.sinceMs)} GROUP BY ALL
), found AS (
  SELECT requests.*, coalesce(requests.model <> assigned, false) AS is_fallback, tried.error AS tried_error
  FROM requests LEFT JOIN tried ON tried.seq = requests.seq AND tried.model = requests.assigned
  WHERE ${countedIn(query, words)} AND time >= ${numeral(query.sinceMs)} AND user_key IS NOT NULL${newConversations(query)}
), judged AS (
  SELECT *, CASE WHEN is_fallback THEN tried_error ELSE error END AS class,
    is_fallback OR (outcome = 1 AND NOT ${isOneOf('error', [...NEUTRAL_CLASSES], words)}) AS is_failed
  FROM found
)
SELECT ${placeOf('assigned', query, words)} AS place, time, user_key, is_failed, class, latency, latency_step, ttft, ttft_step,
  completion_tokens
FROM judged WHERE is_failed OR outcome = 0`;
}

function newConversations({ onlyNewConversations, sinceMs }: GateSumsQuery): string {
  if (!onlyNewConversations) return '';
  return ` AND session NOT IN (SELECT session FROM sessions WHERE first_time < ${numeral(sinceMs)})`;
}

/** Closed sessions that began in the epoch. One that two models answered says nothing of either. */
export function sessionsSql(query: GateSumsQuery, words: Words): string {
  const closed = `(end_time IS NOT NULL OR last_ended < ${numeral(query.nowMs - query.idleMs)})`;
  return `
SELECT *, ${placeOf('model', query, words)} AS place,
  ${IS_COMPLETED} AS is_completed, ${IS_ABANDONED} AS is_abandoned
FROM sessions
WHERE ${countedIn(query, words)} AND first_time >= ${numeral(query.sinceMs)} AND ${closed} AND NOT is_mixed
  AND user_key IS NOT NULL`;
}

function countedIn({ of }: GateSumsQuery, words: Words): string {
  if (of.kind === 'route') return `route = ${words.find(of.routeId) ?? -1}`;
  return `rollout = ${words.find(of.rolloutId) ?? -1} AND stage = ${of.stage}`;
}

function placeOf(column: string, { candidateModelId }: GateSumsQuery, words: Words): string {
  return `if(coalesce(${column} = ${words.find(candidateModelId) ?? -1}, false), ${CANDIDATE}, ${CONTROL})`;
}
