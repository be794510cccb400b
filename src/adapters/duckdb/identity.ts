import type { IdentitySums, TimeRange } from '../../ports/event-store.ts';
import { rowsOf } from './database.ts';
import type { IndexFile } from './index-file.ts';

const BUSIEST = 20;

/** The sums, and beside them each of the busiest; one row of sums alone where nobody is. */
const BY_USER = `
WITH of_both AS (
  SELECT user_key, session, count(*) AS requests FROM requests WHERE time >= $from AND time < $to GROUP BY ALL
), of_user AS MATERIALIZED (
  SELECT user_id, sum(requests) AS requests, count(session) AS sessions,
    bool_or(user_id = coalesce(session_id, instance)) AS is_session
  FROM of_both LEFT JOIN session_keys USING (session) LEFT JOIN users USING (user_key) GROUP BY user_id
), sums AS (
  SELECT coalesce(sum(requests), 0) AS of_all,
    coalesce(sum(requests) FILTER (user_id IS NULL), 0) AS without_user,
    count(user_id) AS users, count(user_id) FILTER (sessions = 1) AS of_one_session,
    count(user_id) FILTER (is_session) AS named_like_session
  FROM of_user
), busiest AS (
  SELECT user_id, sessions, requests FROM of_user WHERE user_id IS NOT NULL
  ORDER BY sessions DESC, requests DESC, user_id LIMIT ${BUSIEST}
)
SELECT * FROM sums LEFT JOIN busiest ON true ORDER BY sessions DESC, requests DESC, user_id`;

/** What the use of user ids looks like. */
export async function identitySums({ database }: IndexFile, range: TimeRange): Promise<IdentitySums> {
  const rows = await rowsOf(database.asking, BY_USER, { from: range.fromMs, to: range.toMs });
  const [sums = {}] = rows;
  return {
    requests: Number(sums.of_all),
    withoutUser: Number(sums.without_user),
    users: Number(sums.users),
    usersOfOneSession: Number(sums.of_one_session),
    usersNamedLikeTheirSession: Number(sums.named_like_session),
    busiest: rows.flatMap(({ user_id, sessions, requests }) =>
      user_id === null
        ? []
        : [{ userId: user_id as string, sessions: Number(sessions), requests: Number(requests) }],
    ),
  };
}
