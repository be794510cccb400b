import type { IdentitySums, TimeRange } from '../../ports/event-store.ts';
import { rowsOf } from './database.ts';
import type { IndexFile } from './index-file.ts';

const BUSIEST = 20;

const BY_USER = `
WITH of_both AS (
  SELECT user_key, session, count(*) AS requests FROM requests WHERE time >= $from AND time < $to GROUP BY ALL
), of_user AS (
  SELECT user_id, sum(requests) AS requests, count(session) AS sessions,
    bool_or(user_id = coalesce(session_id, instance)) AS is_session
  FROM of_both LEFT JOIN session_keys USING (session) LEFT JOIN users USING (user_key) GROUP BY user_id
)`;

/** What the use of user ids looks like. */
export async function identitySums({ database }: IndexFile, range: TimeRange): Promise<IdentitySums> {
  const values = { from: range.fromMs, to: range.toMs };
  const [row = {}] = await rowsOf(
    database.asking,
    `${BY_USER}
     SELECT coalesce(sum(requests), 0) AS requests,
       coalesce(sum(requests) FILTER (user_id IS NULL), 0) AS without_user,
       count(user_id) AS users, count(user_id) FILTER (sessions = 1) AS of_one_session,
       count(user_id) FILTER (is_session) AS named_like_session
     FROM of_user`,
    values,
  );
  const busiest = await rowsOf(
    database.asking,
    `${BY_USER} SELECT user_id, sessions, requests FROM of_user WHERE user_id IS NOT NULL
     ORDER BY sessions DESC, requests DESC, user_id LIMIT ${BUSIEST}`,
    values,
  );
  return {
    requests: Number(row.requests),
    withoutUser: Number(row.without_user),
    users: Number(row.users),
    usersOfOneSession: Number(row.of_one_session),
    usersNamedLikeTheirSession: Number(row.named_like_session),
    busiest: busiest.map(({ user_id, sessions, requests }) => ({
      userId: user_id as string,
      sessions: Number(sessions),
      requests: Number(requests),
    })),
  };
}
