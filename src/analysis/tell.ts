import type { ErrorItem, RequestItem, SessionItem } from '../contract/analysis.ts';
import type { AttemptRecord } from '../contract/event.ts';
import { allows, type Role } from '../domain/access.ts';
import { withoutEchoes } from '../domain/error-echo.ts';
import type { EventFilter, RequestRow, SessionRow } from '../ports/event-store.ts';
import { isoTime } from './range.ts';

/** Whether the role may read what users and models said. */
export function seesTexts(role: Role): boolean {
  return allows(role, 'analyst');
}

/** An error's message as the role may read it: a model server's words may quote the conversation. */
export function tellMessage(message: string | null, role: Role): string | null {
  return message === null || seesTexts(role) ? message : withoutEchoes(message);
}

export function tellRequest(row: RequestRow, role: Role): RequestItem {
  const { time_ms, user_created_at_ms, user_first_seen_ms, session_began_ms, ...all } = row;
  const { opening_mark: _mark, ...rest } = all;
  return {
    time: isoTime(time_ms),
    ...rest,
    error_message: tellMessage(row.error_message, role),
    user_created_at: timeOrNull(user_created_at_ms),
    user_first_seen_at: timeOrNull(user_first_seen_ms),
    session_began_at: timeOrNull(session_began_ms),
  };
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

export function tellSession({ started_at_ms, ...rest }: SessionRow): SessionItem {
  return { started_at: isoTime(started_at_ms), ...rest };
}

/** The failure that was looked for: the request's own, else that of the attempt that matches. */
export function tellError(row: RequestRow, { role, filter }: { role: Role; filter: EventFilter }): ErrorItem {
  const { request_id, route_id, model_id, user_id, session_id, status, outcome, error_class, error_code } =
    row;
  const isOwn = isWanted(row, filter) && (Boolean(filter.errorClasses) || outcome === 'error');
  const failed = row.attempts.filter((one) => one.error_class !== null && one.error_class !== 'client_abort');
  const attempt = isOwn ? undefined : failed.find((one) => isWanted(one, filter));
  return {
    time: isoTime(row.time_ms),
    request_id,
    route_id,
    model_id: attempt?.model_id ?? model_id,
    user_id,
    session_id,
    status,
    outcome,
    error_class: attempt?.error_class ?? error_class,
    error_code,
    message: tellMessage(row.error_message, role),
    saved_by: attempt && outcome === 'ok' ? model_id : null,
  };
}

function isWanted(
  { model_id, error_class }: Pick<RequestRow | AttemptRecord, 'model_id' | 'error_class'>,
  { modelId, errorClasses }: EventFilter,
): boolean {
  return (!modelId || modelId === model_id) && (!errorClasses || errorClasses.includes(error_class ?? ''));
}
