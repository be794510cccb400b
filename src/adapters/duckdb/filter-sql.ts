import type { EventFilter } from '../../ports/event-store.ts';
import type { Value } from './database.ts';
import { OUTCOMES } from './index-schema.ts';
import { hashOfName } from './name-hash.ts';
import type { Words } from './words.ts';

/** A condition, with the values of its parameters by name. */
export interface Condition {
  readonly sql: string;
  readonly values: Record<string, Value>;
}

/** Of the sessions that have this instance or this id. */
export function sessionKeyCondition(sessionId: string): Condition {
  return { sql: `((${nameCondition(sessionId)}) OR session_id = $session)`, values: { session: sessionId } };
}

function nameCondition(name: string): string {
  const { low, high } = hashOfName(name);
  return `name_low = ${low} AND name_high = ${high}`;
}

function userCondition(userId: string): string {
  return `user_key IN (SELECT user_key FROM users WHERE ${nameCondition(userId)})`;
}

function addSession(sessionId: string, parts: string[], values: Record<string, Value>): void {
  const key = sessionKeyCondition(sessionId);
  parts.push(`session IN (SELECT session FROM session_keys WHERE ${key.sql})`);
  Object.assign(values, key.values);
}

/** What a filter says about rows of `requests`. */
export function requestCondition(filter: EventFilter, words: Words): Condition {
  const parts = ['time >= $from AND time < $to'];
  const values: Record<string, Value> = { from: filter.fromMs, to: filter.toMs };
  const equals = (sql: string, name: string, value: Value | undefined): void => {
    if (value === null || value === undefined) return;
    parts.push(sql);
    values[name] = value;
  };
  const named = (column: string, word: string | null | undefined): void => {
    // A word that no frame used matches nothing.
    if (word !== null && word !== undefined) parts.push(`${column} = ${words.find(word) ?? -1}`);
  };
  if (filter.onlyFailures) parts.push(failureCondition(filter, words));
  else {
    named('model', filter.modelId);
    if (filter.errorClasses) parts.push(oneOf('error', filter.errorClasses, words));
  }
  named('assigned', filter.assignedModelId);
  named('route', filter.routeId);
  if (filter.outcome) parts.push(`outcome = ${OUTCOMES.indexOf(filter.outcome)}`);
  if (typeof filter.userId === 'string') parts.push(userCondition(filter.userId));
  if (typeof filter.requestId === 'string') parts.push(nameCondition(filter.requestId));
  equals('contains(lower(message), $message)', 'message', filter.message?.toLowerCase());
  if (typeof filter.sessionId === 'string') addSession(filter.sessionId, parts, values);
  return { sql: parts.join(' AND '), values };
}

/** A request, or one of its attempts, that failed as the filter says. */
function failureCondition({ modelId, errorClasses }: EventFilter, words: Words): string {
  const classes = errorClasses ? [oneOf('error', errorClasses, words)] : [];
  const model = typeof modelId === 'string' ? [oneOf('model', [modelId], words)] : [];
  const whole = [...(errorClasses ? classes : [`outcome = ${OUTCOMES.indexOf('error')}`]), ...model];
  const attempt = [
    `error IS NOT NULL AND error <> ${words.find('client_abort') ?? -1}`,
    ...classes,
    ...model,
  ].join(' AND ');
  const others = `SELECT seq FROM attempts WHERE time >= $from AND time < $to AND ${attempt}`;
  return `((${whole.join(' AND ')}) OR (is_called AND ${attempt}) OR seq IN (${others}))`;
}

/** A word that no frame used matches nothing. */
function oneOf(column: string, names: readonly string[], words: Words): string {
  return `${column} IN (${names.map((name) => words.find(name) ?? -1).join(', ')})`;
}

/** What a filter says about rows of `sessions`: those begun in the range, of which some request has the rest. */
export function sessionCondition(filter: EventFilter, words: Words): Condition {
  const { fromMs, toMs, modelId, assignedModelId, routeId, userId, sessionId, ...rest } = filter;
  const parts = ['first_time >= $from AND first_time < $to'];
  const values: Record<string, Value> = { from: fromMs, to: toMs };
  for (const word of [modelId, assignedModelId])
    if (typeof word === 'string') parts.push(`model = ${words.find(word) ?? -1}`);
  if (typeof routeId === 'string') parts.push(`route = ${words.find(routeId) ?? -1}`);
  if (typeof userId === 'string') parts.push(userCondition(userId));
  if (typeof sessionId === 'string') addSession(sessionId, parts, values);
  if (Object.values(rest).some((value) => value !== null && value !== undefined)) {
    // Its requests may have come after the range in which it began.
    const inner = requestCondition({ ...rest, fromMs, toMs: Number.MAX_SAFE_INTEGER }, words);
    parts.push(`session IN (SELECT session FROM requests WHERE ${inner.sql.replace('AND time < $to', '')})`);
    const { to: _, ...more } = inner.values;
    Object.assign(values, more);
  }
  return { sql: parts.join(' AND '), values };
}

/** Where a page ended: the time and number of its last row. Throws RangeError for what is no cursor. */
export function readCursor(cursor: string): { readonly time: number; readonly key: number } {
  const [time, key, ...more] = cursor.split('_').map(Number);
  if (!Number.isFinite(time) || !Number.isInteger(key) || more.length > 0)
    throw new RangeError(`"${cursor}" is no cursor of this list; leave it out to begin with the newest`);
  return { time: Number(time), key: Number(key) };
}

export const cursorOf = (time: unknown, key: unknown): string => `${time}_${key}`;
