import type { ErrorItem, RequestItem, SessionItem } from '../contract/analysis.ts';
import { allows, type Role } from '../domain/access.ts';
import { withoutEchoes } from '../domain/error-echo.ts';
import type { RequestRow, SessionRow } from '../ports/event-store.ts';
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
  const { time_ms, user_created_at_ms, user_first_seen_ms, ...rest } = row;
  return {
    time: isoTime(time_ms),
    ...rest,
    error_message: tellMessage(row.error_message, role),
    user_created_at: user_created_at_ms === null ? null : isoTime(user_created_at_ms),
    user_first_seen_at: user_first_seen_ms === null ? null : isoTime(user_first_seen_ms),
  };
}

export function tellSession({ started_at_ms, ...rest }: SessionRow): SessionItem {
  return { started_at: isoTime(started_at_ms), ...rest };
}

export function tellError(row: RequestRow, role: Role): ErrorItem {
  const { request_id, route_id, model_id, user_id, session_id, status, outcome, error_class, error_code } =
    row;
  return {
    time: isoTime(row.time_ms),
    request_id,
    route_id,
    model_id,
    user_id,
    session_id,
    status,
    outcome,
    error_class,
    error_code,
    message: tellMessage(row.error_message, role),
  };
}
