import { ROLL_UP_TABLES } from './roll-up.ts';

/** A file of another version is deleted and made again from the journal. */
export const SCHEMA_VERSION = 6;

/**
 * What questions filter by and add up; all else of a request is read from its frame in the journal, found by `segment`
 * and `byte`. `seq` numbers every frame in the order of reading, so that tables are ordered by it and nearly by time.
 * Times and durations are milliseconds. Names that recur (models, routes, error classes, intents, judges' reasons) are
 * numbers of `words`; sessions and users have numbers of their own; where a name is only looked for, its hash is kept.
 *
 * `session_keys.session_id` is null where it is the instance. Of most requests the only attempt, or the last, says no more than the request itself: then `is_called` stands for it,
 * and only the others have rows in `attempts`. Requests that an experiment assigned have a row in `exposures`, too, with
 * what is asked of a user's first; a session's experiment is that of its first request.
 */
export const TABLES = `
CREATE TABLE progress (
  schema INTEGER, segment INTEGER, byte DOUBLE, text_segment INTEGER, text_at DOUBLE,
  next_seq INTEGER, is_whole BOOLEAN
);
CREATE TABLE settled (seq INTEGER, rolled INTEGER);
CREATE TABLE words (id INTEGER, word VARCHAR);
CREATE TABLE requests (
  seq INTEGER, time DOUBLE, segment INTEGER, byte INTEGER, name_low INTEGER, name_high INTEGER, user_key INTEGER,
  session INTEGER, round INTEGER, route INTEGER, assigned INTEGER, model INTEGER, outcome INTEGER, error INTEGER,
  message VARCHAR, is_called BOOLEAN, latency DOUBLE, ttft DOUBLE, latency_step SMALLINT, ttft_step SMALLINT,
  completion_tokens INTEGER, experiment INTEGER, arm INTEGER, rollout INTEGER, stage INTEGER
);
CREATE TABLE exposures (
  seq INTEGER, client INTEGER, created DOUBLE, first_seen DOUBLE, is_sure BOOLEAN
);
CREATE TABLE attempts (seq INTEGER, time DOUBLE, model INTEGER, error INTEGER);
CREATE TABLE notes (
  id INTEGER, seq INTEGER, session INTEGER, is_feedback BOOLEAN, is_follow_up BOOLEAN, intent INTEGER,
  task_completed BOOLEAN, rating INTEGER, judge_model INTEGER, judge_reason INTEGER
);
CREATE TABLE ends (id INTEGER, session INTEGER, time DOUBLE, is_completed BOOLEAN);
CREATE TABLE texts (name_low INTEGER, name_high INTEGER, time DOUBLE, segment INTEGER, byte INTEGER);
CREATE TABLE users (user_key INTEGER, name_low INTEGER, name_high INTEGER, user_id VARCHAR);
CREATE TABLE session_keys (
  session INTEGER, name_low INTEGER, name_high INTEGER, instance VARCHAR, session_id VARCHAR
);
CREATE TABLE sessions (
  session INTEGER, user_key INTEGER, model INTEGER, route INTEGER,
  first_time DOUBLE, last_ended DOUBLE, last_outcome INTEGER, rounds INTEGER, errors INTEGER,
  latency_sum DOUBLE, latency_count INTEGER, answered_by INTEGER, is_mixed BOOLEAN,
  follow_ups INTEGER, later_rounds INTEGER, charged_follow_ups INTEGER, intent INTEGER,
  task_completed BOOLEAN, judged_by VARCHAR, judge_model INTEGER, judge_reason INTEGER,
  ratings INTEGER, rating_sum INTEGER,
  end_time DOUBLE, end_completed BOOLEAN, last_segment INTEGER, experiment INTEGER,
  rollout INTEGER, stage INTEGER
);
${ROLL_UP_TABLES}
INSERT INTO progress VALUES (${SCHEMA_VERSION}, 0, 0, 0, 0, 0, false);
INSERT INTO settled VALUES (0, 0);
`;

/** Numbers of `requests.outcome`: places in this list. */
export const OUTCOMES = ['ok', 'error', 'refused', 'client_abort'] as const;
