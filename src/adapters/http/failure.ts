import type { UpstreamFailure } from '../../ports/upstream.ts';

const BROKEN_SOCKET = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED']);
/** The connection was never made: nobody listens, the name does not resolve, TLS failed. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|HOSTNAME_)/;
const NOT_HTTP = /^(HPE_|UND_ERR_HEADERS_OVERFLOW)/;

/** True when an open connection broke under a call. */
export function isBrokenSocket(error: Error): boolean {
  return BROKEN_SOCKET.has(codeOf(error));
}

/** What undici's or the system's error means for a caller. Unknown errors count as a broken connection. */
export function failureOf(error: Error): UpstreamFailure {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout_connect';
  if (NEVER_CONNECTED.test(code)) return 'connection_refused';
  if (NOT_HTTP.test(code) || error.name === 'HTTPParserError') return 'invalid_response';
  return 'connection_reset';
}

/** One sentence for a log or an error body: which address, what happened, what to check. */
export function describeFailure(error: Error, baseUrl: string): string {
  const detail = error.message === '' ? codeOf(error) : error.message;
  switch (failureOf(error)) {
    case 'timeout_connect':
      return `no connection to ${baseUrl} within the model's connect_timeout; is the model server up?`;
    case 'connection_refused':
      return `cannot connect to ${baseUrl} (${detail}); is the model server running at this address?`;
    case 'invalid_response':
      return `${baseUrl} did not answer in valid HTTP (${detail})`;
    case 'connection_reset':
      return `the connection to ${baseUrl} broke (${detail})`;
  }
}

/** Node wraps the refusals of several addresses in one AggregateError; its parts carry the codes. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : '';
}
