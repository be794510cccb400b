/** CONTRACT §5: the closed list of ways in which an attempt can fail. */
export const ERROR_CLASSES = [
  'context_length',
  'out_of_memory',
  'connection_reset',
  'connection_refused',
  'timeout_connect',
  'timeout_first_byte',
  'timeout_idle',
  'timeout_total',
  'overloaded',
  'rate_limited',
  'model_not_found',
  'auth',
  'bad_request',
  'invalid_response',
  'truncated',
  'upstream_5xx',
  'client_abort',
  'rejected',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
