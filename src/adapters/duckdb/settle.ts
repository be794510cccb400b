import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import { rollUp } from './roll-up.ts';

/**
 * Sessions are made anew from the frames of all whom something was heard of since the last time: a function of the other
 * tables, so that nothing is counted twice or forgotten whatever order frames came in and wherever a process died.
 * Columns are those that CONTRACT §6 needs to decide about a session at any idle time.
 *
 * `arg_min` and `arg_max` pass over null. Answered is a request of which content reached the client. `turn` orders requests
 * as they arrived, those of the same time as they were written: one number, as comparing rows takes twice as long.
 */
const TOUCHED = `
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT session FROM (
  SELECT session FROM requests WHERE seq >= $from
  UNION ALL SELECT session FROM notes WHERE id >= $from
  UNION ALL SELECT session FROM ends WHERE id >= $from
) WHERE session IS NOT NULL`;

const SETTLE = `
INSERT INTO sessions
WITH
  r AS (
    SELECT requests.*, time + latency AS ended, (time * 4096)::HUGEINT * 2147483648 + seq AS turn,
      outcome = 0 OR ttft IS NOT NULL AS is_answered
    FROM requests JOIN touched USING (session)
  ),
  n AS (SELECT notes.* FROM notes JOIN touched USING (session)),
  of_request AS (
    SELECT seq, arg_max(is_follow_up, id) AS is_follow_up FROM n WHERE NOT is_feedback GROUP BY seq
  ),
  of_round AS (
    SELECT session, coalesce(round, 0) AS round, bool_or(is_answered) AS is_answered,
      coalesce(bool_or(is_follow_up), false) AS is_follow_up
    FROM r LEFT JOIN of_request USING (seq) GROUP BY ALL
  ),
  answered AS (SELECT session, min(round) AS first FROM of_round WHERE is_answered GROUP BY session),
  depth AS (
    SELECT session, count(*) AS rounds, count(*) FILTER (is_follow_up) AS follow_ups,
      count(*) FILTER (round > first) AS later_rounds,
      count(*) FILTER (round > first AND is_follow_up) AS charged_follow_ups
    FROM of_round LEFT JOIN answered USING (session) GROUP BY session
  ),
  sums AS (
    SELECT session, arg_min(user_key, turn) AS user_key, arg_min(assigned, turn) AS model,
      arg_min(route, turn) AS route, min(time) AS first_time, max(ended) AS last_ended,
      arg_max(outcome, turn) AS last_outcome,
      count(*) FILTER (outcome = 1) AS errors,
      coalesce(sum(latency) FILTER (outcome = 0), 0) AS latency_sum,
      count(*) FILTER (outcome = 0) AS latency_count,
      min(model) FILTER (is_answered) AS answered_by, max(model) FILTER (is_answered) AS answered_last,
      max(segment) AS last_segment, arg_min_null(experiment, turn) AS experiment,
      arg_min_null(rollout, turn) AS rollout, arg_min_null(stage, turn) AS stage
    FROM r GROUP BY session
  ),
  judged AS (
    SELECT session, arg_min(intent, id) AS intent,
      arg_max(task_completed, id) FILTER (is_feedback) AS by_feedback,
      arg_min(task_completed, id) FILTER (NOT is_feedback AND judge_model IS NULL) AS by_rule,
      arg_min(task_completed, id) FILTER (judge_model IS NOT NULL) AS by_model,
      arg_min(judge_model, id) AS judge_model, arg_min(judge_reason, id) AS judge_reason
    FROM n GROUP BY session
  ),
  rated AS (
    SELECT session, count(*) AS ratings, sum(rating) AS rating_sum FROM (
      SELECT session, arg_max(rating, id) AS rating FROM n WHERE rating IS NOT NULL
      GROUP BY session, coalesce(seq, -1)
    ) GROUP BY session
  ),
  ended AS (
    SELECT session, arg_min(ends.time, id) AS end_time, arg_min(is_completed, id) AS end_completed
    FROM ends JOIN touched USING (session) GROUP BY session
  )
SELECT session, user_key, model, route, first_time, last_ended, last_outcome, rounds, errors,
  latency_sum, latency_count, answered_by, coalesce(answered_by <> answered_last, false),
  follow_ups, later_rounds, charged_follow_ups, intent, coalesce(by_feedback, by_rule, by_model),
  CASE WHEN by_feedback IS NOT NULL THEN 'feedback' WHEN by_rule IS NOT NULL THEN 'rule'
    WHEN by_model IS NOT NULL THEN 'judge_model' END,
  judge_model, judge_reason,
  coalesce(ratings, 0), coalesce(rating_sum, 0), end_time, end_completed, last_segment, experiment,
  rollout, stage
FROM sums JOIN depth USING (session)
  LEFT JOIN judged USING (session) LEFT JOIN rated USING (session) LEFT JOIN ended USING (session)`;

/**
 * Brings what is made of frames up to date with all of them before `toSeq`: sessions, and sums by hour. In one
 * transaction with the note that it was done.
 */
export async function settle(
  connection: DuckDBConnection,
  { toSeq, blockFrames }: { readonly toSeq: number; readonly blockFrames: number },
): Promise<void> {
  const [row] = await rowsOf(connection, 'SELECT seq, rolled FROM settled');
  await connection.run('BEGIN');
  await connection.run(TOUCHED, { from: Number(row?.seq) });
  await connection.run('DELETE FROM sessions WHERE session IN (SELECT session FROM touched)');
  await connection.run(SETTLE);
  const rolled = Number(row?.rolled);
  if (toSeq - rolled >= blockFrames) await rollUp(connection, { from: rolled, to: toSeq });
  await connection.run('UPDATE settled SET seq = $to', { to: toSeq });
  await connection.run('COMMIT');
}
