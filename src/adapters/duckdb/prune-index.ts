import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import { rollUpAgain } from './roll-up.ts';

/** All are ordered nearly by time, so that what is older than the oldest request is the journal's past too. */
const FOLLOWING = [
  'DELETE FROM exposures WHERE seq < (SELECT coalesce(min(seq), 0) FROM requests)',
  'DELETE FROM attempts WHERE seq < (SELECT coalesce(min(seq), 0) FROM requests)',
  'DELETE FROM notes WHERE id < (SELECT coalesce(min(seq), 0) FROM requests)',
  'DELETE FROM ends WHERE id < (SELECT coalesce(min(seq), 0) FROM requests)',
  'DELETE FROM texts WHERE time < (SELECT coalesce(min(time), 0) FROM requests)',
  'DELETE FROM users WHERE user_key NOT IN (SELECT user_key FROM requests WHERE user_key IS NOT NULL)',
  'DELETE FROM session_keys WHERE session < (SELECT coalesce(min(session), 0) FROM sessions)',
];

/** What the journal no longer keeps, the index does not either. True when something was forgotten. */
export async function pruneIndex(connection: DuckDBConnection, oldestSegment: number): Promise<boolean> {
  const oldest = { oldest: oldestSegment };
  const [gone] = await rowsOf(connection, 'SELECT 1 FROM requests WHERE segment < $oldest LIMIT 1', oldest);
  if (!gone) return false;
  await connection.run('BEGIN');
  const [last] = await rowsOf(
    connection,
    'SELECT max(time) AS time FROM requests WHERE segment < $oldest',
    oldest,
  );
  await connection.run('DELETE FROM requests WHERE segment < $oldest', oldest);
  await connection.run('DELETE FROM sessions WHERE last_segment < $oldest', oldest);
  for (const statement of FOLLOWING) await connection.run(statement);
  await rollUpAgain(connection, Number(last?.time));
  await connection.run('COMMIT');
  return true;
}
