import { FeedbackRequest, SessionEndRequest } from '../contract/chat.ts';
import type { FeedbackRecord, SessionEndRecord } from '../contract/event.ts';
import { type FieldError, validate } from '../contract/validate.ts';
import type { Principal } from '../domain/access.ts';
import type { Services } from './exchange.ts';
import { Fault } from './fault.ts';
import type { Session } from './session.ts';
import { isMadeFor } from './tagged-id.ts';

type Keeper = Pick<Services, 'sessions' | 'events' | 'judging' | 'clock'>;

/** `POST /v1/feedback`: keeps a verdict. Throws Fault for a bad body, or a request or session of somebody else. */
export function keepFeedback(services: Keeper, principal: Principal, json: unknown): void {
  const checked = validate(FeedbackRequest, json);
  if (!checked.ok) throw badRequest(checked.errors);
  const { value } = checked;
  const requestId = 'request_id' in value ? value.request_id : null;
  const sessionId = value.session_id ?? null;
  if (requestId !== null && principal.role !== 'admin' && !isMadeFor(requestId, principal.credentialId)) {
    throw unknownTo('request', requestId);
  }
  const session = sessionId === null ? null : sessionOf(services, principal, sessionId);
  const frame: FeedbackRecord = {
    time_ms: services.clock.nowMs(),
    credential_id: principal.credentialId,
    request_id: requestId,
    session_id: sessionId,
    session_instance: session?.instance ?? null,
    task_completed: value.task_completed ?? null,
    rating: value.rating ?? null,
    comment: value.comment ?? null,
  };
  services.events.append('feedback', frame);
  const about = new Set([requestId, frame.session_instance]);
  if (frame.task_completed !== null) services.judging?.withdraw(about, 'feedback');
}

/** `POST /v1/sessions/{id}/end`: the next request under this id opens a new instance. */
export function endSession(services: Keeper, principal: Principal, sessionId: string, json: unknown): void {
  const checked = validate(SessionEndRequest, json);
  if (!checked.ok) throw badRequest(checked.errors);
  const session = sessionOf(services, principal, sessionId);
  if (session !== null) session.ended = true;
  const frame: SessionEndRecord = {
    time_ms: services.clock.nowMs(),
    credential_id: principal.credentialId,
    session_id: sessionId,
    session_instance: session?.instance ?? null,
    reason: checked.value.reason,
  };
  services.events.append('session_end', frame);
}

/**
 * The session as this caller may name it; null when it is no longer remembered, but surely was the caller's.
 * An admin may name any.
 */
function sessionOf(services: Keeper, principal: Principal, sessionId: string): Session | null {
  const { role, credentialId } = principal;
  const session = services.sessions.find(role === 'admin' ? null : credentialId, sessionId);
  if (session !== null || role === 'admin' || isMadeFor(sessionId, credentialId)) return session;
  throw unknownTo('session', sessionId);
}

/** The same words whether it exists and is another's, or does not exist. */
function unknownTo(what: 'request' | 'session', id: string): Fault {
  return new Fault('not_found', `this key has made no ${what} "${id}"`, { param: `${what}_id` });
}

function badRequest(errors: readonly FieldError[]): Fault {
  const [first] = errors;
  if (!first) return new Fault('bad_request', 'the body is not valid');
  return new Fault('bad_request', `${first.path === '' ? 'the body' : first.path} ${first.message}`, {
    param: first.path,
  });
}
