import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import { breakerOpenMessage } from '../domain/routing.ts';
import { Fault } from './fault.ts';
import { seconds } from './patience.ts';

const DEFAULT_RETRY_AFTER_SECONDS = 1;
const MAX_RETRY_AFTER_SECONDS = 60;

/** Failures that say nothing about the next model: the request itself is at fault, or the caller is gone. */
const NOT_WORTH_A_SECOND_TRY: ReadonlySet<ErrorClass> = new Set([
  'bad_request',
  'context_length',
  'rate_limited',
  'client_abort',
  'rejected',
]);

/** True when another model may do better with the same request. */
export function isWorthAnotherModel(errorClass: ErrorClass): boolean {
  return !NOT_WORTH_A_SECOND_TRY.has(errorClass);
}

export interface UpstreamFailureFacts {
  readonly errorClass: ErrorClass;
  /** What the model server or the network said. */
  readonly message: string;
  readonly model: Model;
  readonly status: number | null;
  readonly retryAfter: string | null;
  readonly nowMs: number;
}

/** What the client is told of a failure of the model server, with what to do about it where that is known. */
export function faultOf(facts: UpstreamFailureFacts): Fault {
  const { errorClass, model, status } = facts;
  const who = `model "${model.id}"`;
  const message = withoutKey(facts.message, model.apiKey);
  switch (errorClass) {
    case 'timeout_connect':
    case 'timeout_first_byte':
    case 'timeout_idle':
    case 'timeout_total':
      return new Fault('upstream_timeout', `${who}: ${message}`);
    case 'rate_limited':
      return new Fault('rate_limited', `${who}: ${message}`, retryIn(facts));
    case 'overloaded':
      return new Fault('overloaded', `${who}: ${message}`, retryIn(facts));
    case 'context_length':
      return new Fault('context_length', `${who}: ${message}; ${contextCure(model)}`);
    case 'bad_request':
      return new Fault('upstream_refused_request', message, { upstreamStatus: status ?? 400 });
    case 'auth': {
      const cure =
        'set the api_key of the model (PATCH /admin/v1/models/ID), or open the model server to Sluice';
      return new Fault(
        'upstream_error',
        `${who}: the model server refuses Sluice (${status ?? 'error'}: ${message}); ${cure}`,
      );
    }
    case 'model_not_found': {
      const cure = `check upstream_model ("${model.upstreamModel}") and base_url of the model, or pull it on the model server`;
      return new Fault('upstream_error', `${who}: ${message}; ${cure}`);
    }
    default:
      return new Fault('upstream_error', `${who}: ${message}`);
  }
}

/** Some servers repeat the key that they refuse: it is the operator's secret, and the client's business least of all. */
function withoutKey(message: string, apiKey: string | null): string {
  return apiKey === null ? message : message.replaceAll(apiKey, '…');
}

/** The caller can shorten, the operator can enlarge: where, depends on the kind of server. */
function contextCure(model: Model): string {
  const enlarge =
    model.protocol === 'ollama'
      ? 'set a larger num_ctx in its options'
      : 'start its model server with a longer context';
  return `shorten the conversation or ask for a shorter answer, or ${enlarge}`;
}

/** Seconds or a date, as HTTP has it; kept within what a client can be asked to wait. */
function retryIn({ retryAfter, nowMs }: UpstreamFailureFacts): { retryAfterSeconds: number } {
  const text = retryAfter?.trim() ?? '';
  const given = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - nowMs) / 1000);
  const wanted = Number.isFinite(given) ? given : DEFAULT_RETRY_AFTER_SECONDS;
  return { retryAfterSeconds: Math.min(Math.max(wanted, 1), MAX_RETRY_AFTER_SECONDS) };
}

/** Our own refusal: the model has no place, and its queue none either. */
export function queueFullFault(model: Model): Fault {
  const message = `model "${model.id}" has ${model.maxConcurrent} requests running and ${model.maxQueue} waiting, its limits; try again later`;
  return new Fault('rejected', message, { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
}

/** Our own refusal: who names a model gets that one or none. */
export function breakerOpenFault(model: Model): Fault {
  return new Fault('breaker_open', breakerOpenMessage(model.id), { param: 'model' });
}

/** Our own refusal: the place in the queue did not become a place at the model in time. */
export function queueTimeFault(model: Model): Fault {
  const message = `no place at model "${model.id}" came free within ${seconds(model.timeoutMs)}; try again later`;
  return new Fault('rejected', message, { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
}
