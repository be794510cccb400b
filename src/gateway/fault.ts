/** The closed list of what can go wrong for a client. HTTP numbers and body shapes: `wire/errors.ts`, nowhere else. */
export type FaultCode =
  | 'bad_json'
  | 'bad_request'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'missing_key'
  | 'wrong_key'
  | 'two_credentials'
  | 'forbidden'
  | 'override_forbidden'
  | 'host_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'model_not_found'
  | 'no_route'
  | 'no_model_available'
  | 'breaker_open'
  | 'rejected' // our own queue is full
  | 'rate_limited' // the model server said 429
  | 'overloaded' // the model server said it is busy
  | 'context_length'
  | 'upstream_refused_request' // the model server blames the caller (4xx)
  | 'upstream_error' // the model server broke
  | 'upstream_timeout'
  | 'shutting_down'
  | 'internal';

/** A failure on its way to the client: what was wrong, where, and what to do. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** The field at fault, e.g. `messages[0].content`. */
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;
  /** Status that the model server gave, where the client should see the same (`upstream_refused_request`). */
  readonly upstreamStatus: number | null;

  constructor(
    code: FaultCode,
    message: string,
    more: { param?: string; retryAfterSeconds?: number; upstreamStatus?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.param = more.param ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.upstreamStatus = more.upstreamStatus ?? null;
  }
}
