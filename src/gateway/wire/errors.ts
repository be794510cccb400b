import type { Fault, FaultCode } from '../fault.ts';
import type { FaultAnswer, InboundProtocol } from './wire.ts';

/** The one table that knows HTTP numbers; with the `type` and `code` that OpenAI's clients look for. */
interface Looks {
  readonly status: number;
  readonly openaiType: string;
  readonly openaiCode: string | null;
}

const INVALID = 'invalid_request_error';
const looks = (status: number, openaiType: string, openaiCode: string | null): Looks => ({
  status,
  openaiType,
  openaiCode,
});

const LOOKS: Readonly<Record<FaultCode, Looks>> = {
  bad_json: looks(400, INVALID, 'bad_json'),
  bad_request: looks(400, INVALID, null),
  context_length: looks(400, INVALID, 'context_length_exceeded'),
  two_credentials: looks(400, INVALID, 'two_credentials'),
  upstream_refused_request: looks(400, INVALID, null),
  missing_key: looks(401, 'authentication_error', 'missing_api_key'),
  wrong_key: looks(401, 'authentication_error', 'invalid_api_key'),
  forbidden: looks(403, 'permission_error', 'forbidden'),
  override_forbidden: looks(403, 'permission_error', 'override_forbidden'),
  not_found: looks(404, 'not_found_error', 'not_found'),
  model_not_found: looks(404, 'not_found_error', 'model_not_found'),
  no_route: looks(404, 'not_found_error', 'no_route'),
  method_not_allowed: looks(405, INVALID, 'method_not_allowed'),
  body_too_large: looks(413, INVALID, 'body_too_large'),
  unsupported_media_type: looks(415, INVALID, 'unsupported_media_type'),
  host_not_allowed: looks(421, INVALID, 'host_not_allowed'),
  rate_limited: looks(429, 'rate_limit_error', 'rate_limit_exceeded'),
  internal: looks(500, 'server_error', 'internal'),
  upstream_error: looks(502, 'api_error', 'upstream_error'),
  no_model_available: looks(503, 'server_error', 'no_model_available'),
  breaker_open: looks(503, 'server_error', 'breaker_open'),
  rejected: looks(503, 'server_error', 'rejected'),
  overloaded: looks(503, 'server_error', 'overloaded'),
  shutting_down: looks(503, 'server_error', 'shutting_down'),
  upstream_timeout: looks(504, 'api_error', 'upstream_timeout'),
};

/** What a client is told to wait where nobody knows better, in seconds. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

const CONTENT_TYPES: Readonly<Record<InboundProtocol, string>> = {
  openai: 'application/json',
  ollama: 'application/json; charset=utf-8', // as gin sends it
  chat: 'application/json',
};

/** The HTTP status of a fault: the model server's own where the client should see the same. */
export function statusOf(fault: Fault): number {
  const own = fault.upstreamStatus;
  if (fault.code === 'upstream_refused_request' && own !== null && own >= 400 && own < 500) return own;
  return LOOKS[fault.code].status;
}

/** A fault as the whole answer to a client, in the shape of its protocol. */
export function renderFault(protocol: InboundProtocol, fault: Fault, requestId: string): FaultAnswer {
  const status = statusOf(fault);
  const waits = status === 429 || status === 503;
  return {
    status,
    contentType: CONTENT_TYPES[protocol],
    body: Buffer.from(JSON.stringify(errorOf(protocol, fault, requestId))),
    retryAfterSeconds: fault.retryAfterSeconds ?? (waits ? DEFAULT_RETRY_AFTER_SECONDS : null),
  };
}

/**
 * A fault as the last frame of a stream that has begun: an NDJSON line, or an SSE event that no `[DONE]` follows,
 * because with one a naive client would count the answer as whole. `midFrame` tells that the stream broke inside a
 * frame: a line break then keeps this one readable.
 */
export function renderInBand(protocol: InboundProtocol, fault: Fault, midFrame: boolean): Buffer {
  const json = JSON.stringify(errorOf(protocol, fault, null));
  if (protocol === 'ollama') return Buffer.from(`${midFrame ? '\n' : ''}${json}\n`);
  return Buffer.from(`${midFrame ? '\n\n' : ''}data: ${json}\n\n`);
}

function errorOf(protocol: InboundProtocol, fault: Fault, requestId: string | null): object {
  const { message, code, param } = fault;
  if (protocol === 'ollama') return { error: message };
  if (protocol === 'chat') {
    return { error: requestId === null ? { code, message } : { code, message, request_id: requestId } };
  }
  const { openaiType, openaiCode } = LOOKS[code];
  return { error: { message, type: openaiType, param, code: openaiCode } };
}
