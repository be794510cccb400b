import type { AttemptRecord, RequestRecord } from '../contract/event.ts';
import type { NewText } from '../contract/frame.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import type { AttemptReport, Exchange } from './exchange.ts';
import type { Fault, FaultCode } from './fault.ts';
import type { Said } from './said.ts';
import type { Words } from './words.ts';

export interface Ending {
  readonly outcome: RequestRecord['outcome'];
  readonly errorClass: ErrorClass | null;
  readonly fault: Fault | null;
}

export const GOOD_ENDING: Ending = { outcome: 'ok', errorClass: null, fault: null };
export const CLIENT_ABORT: Ending = { outcome: 'client_abort', errorClass: 'client_abort', fault: null };

/** Our own refusals that say nothing about the request. */
const NOT_THE_CALLER: ReadonlySet<FaultCode> = new Set([
  'rejected',
  'shutting_down',
  'no_model_available',
  'breaker_open',
  'internal',
]);

/** How a request ends that reached no model. */
export function refusalEnding(fault: Fault): Ending {
  return {
    outcome: 'refused',
    errorClass: NOT_THE_CALLER.has(fault.code) ? 'rejected' : 'bad_request',
    fault,
  };
}

/** How a request ends after its last attempt failed. */
export function failureEnding(errorClass: ErrorClass, fault: Fault): Ending {
  const isRefusal = errorClass === 'bad_request' || errorClass === 'rejected';
  return { outcome: isRefusal ? 'refused' : 'error', errorClass, fault };
}

/**
 * Writes the one event of a request, before the last bytes of its answer are released; later calls do nothing.
 * Who was never authenticated leaves no record: otherwise anybody could fill the disk.
 */
export function record(x: Exchange, ending: Ending): void {
  if (x.recorded || x.principal === null) return;
  x.recorded = true;
  const nowMs = x.services.clock.monotonicMs();
  if (x.session !== null) x.services.sessions.leave(x.session, ending.outcome === 'error', nowMs);
  if (ending.outcome === 'error') reportFailure(x, ending);
  if (x.inbound.isChat) x.services.events.append('request', eventOf(x, ending, nowMs - x.receivedMs));
  if (x.said !== null && x.serving?.capture === 'full') x.services.events.append('text', textOf(x, x.said));
  x.said = null;
  if (x.words !== null) derive(x, x.words, ending);
}

/** True for a request whose texts may tell a fact: one that opens a later round, or belongs to the first. */
export function mayTell({ session, round, opensRound }: Exchange): boolean {
  return session !== null && (round === 1 ? !session.hasAnswer : opensRound);
}

/** Hands the texts over to whoever looks for facts in them later. */
function derive(x: Exchange, words: Words, { outcome }: Ending): void {
  const { session, serving, snapshot, tap } = x;
  x.words = null;
  if (session === null || serving === null || serving.capture === 'off') return;
  const answer = outcome === 'ok' && tap !== null && !tap.parseTruncated ? tap.text : '';
  const isFirst = x.round === 1 && !session.hasAnswer && answer !== '';
  session.hasAnswer ||= isFirst;
  x.services.derivation.add({
    requestId: x.requestId,
    timeMs: x.receivedAtMs,
    instance: session.instance,
    words,
    isLaterRound: x.round > 1,
    firstAnswer: isFirst && snapshot.intents.length > 0 ? answer : null,
    snapshot,
  });
}

function textOf({ identity, receivedAtMs, requestId, session, tap }: Exchange, said: Said): NewText {
  return {
    time_ms: receivedAtMs,
    request_id: requestId,
    user_id: identity?.userId ?? null,
    session_instance: session?.instance ?? null,
    messages: said.messages,
    answer: tap?.text ?? '',
    thinking: tap?.thinking || null,
    is_cut: said.isCut || (tap?.parseTruncated ?? false),
    before: said.before,
  };
}

function reportFailure(x: Exchange, { errorClass, fault }: Ending): void {
  const facts = { request_id: x.requestId, model_id: x.serving?.id ?? null, error_class: errorClass };
  x.services.onFailure(facts, fault?.message ?? 'the request failed');
}

function eventOf(x: Exchange, ending: Ending, latencyMs: number): RequestRecord {
  const { assignment, identity, session, tap, fallback } = x;
  return {
    time_ms: x.receivedAtMs,
    request_id: x.requestId,
    credential_id: x.principal?.credentialId ?? '',
    endpoint: x.inbound.endpoint,
    protocol: x.inbound.protocol,
    stream: x.isStream,
    user_id: identity?.userId ?? null,
    user_source: identity?.userSource ?? null,
    session_id: session?.id ?? null,
    session_instance: session?.instance ?? null,
    session_source: session === null ? null : (identity?.sessionSource ?? 'fingerprint'),
    session_weak: session?.isWeak ?? false,
    round: session === null ? null : x.round,
    opens_round: x.opensRound,
    client_retry: x.clientRetry,
    segment: x.segment,
    user_created_at_ms: x.createdAtMs,
    user_first_seen_ms: x.firstSeenMs,
    requested_model: x.requestedModel,
    route_id: assignment?.routeId ?? null,
    reason: assignment?.reason ?? null,
    audience: assignment?.audience ?? null,
    bucket: assignment?.place?.bucket ?? null,
    position: assignment?.place?.position ?? null,
    assigned_model_id: assignment?.assigned.id ?? null,
    model_id: x.attempts.length > 0 ? (x.serving?.id ?? null) : null,
    fallback,
    config_version: x.snapshot.version,
    status: x.status,
    outcome: ending.outcome,
    error_class: ending.errorClass,
    error_code: ending.fault?.code ?? null,
    error_message: ending.fault?.message ?? null,
    attempts: x.attempts.map(attemptRecord),
    queued_ms: x.admittedMs === null ? null : round(x.admittedMs - x.receivedMs),
    latency_ms: round(latencyMs),
    ttft_ms: x.ttftMs === null ? null : round(x.ttftMs),
    prompt_tokens: tap?.usage.promptTokens ?? null,
    completion_tokens: tap?.usage.completionTokens ?? null,
    finish_reason: tap?.finishReason ?? null,
    tool_calls: tap?.toolCalls ?? null,
    request_bytes: x.bodyBytes,
    answer_bytes: x.answerBytes,
    rollout: assignment?.rollout?.id ?? null,
    stage: assignment?.rollout?.stage ?? null,
    experiment: assignment?.arm?.experimentId ?? null,
    arm: assignment?.arm?.name ?? null,
    session_began_ms: session?.beganAtMs ?? null,
    opening_mark: session?.openingMark ?? null,
    pin_broken: assignment?.pinBreak ?? null,
  };
}

function attemptRecord(attempt: AttemptReport): AttemptRecord {
  return {
    model_id: attempt.modelId,
    outcome: attempt.outcome,
    error_class: attempt.errorClass,
    upstream_status: attempt.upstreamStatus,
    latency_ms: round(attempt.latencyMs),
    ttft_ms: attempt.ttftMs === null ? null : round(attempt.ttftMs),
  };
}

/** Microseconds are enough, and a third of the digits. */
function round(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}
