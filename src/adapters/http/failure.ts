import type { UpstreamFailure } from '../../ports/upstream.ts';

/** What the system's error means for a caller. `isConnecting`: the connection was not made yet. */
export function failureOf(error: Error, isConnecting: boolean): UpstreamFailure {
  if (!isConnecting) return 'connection_reset';
  // Nobody listens, the name does not resolve, or TLS failed; only silence is another matter.
  return codeOf(error) === 'ETIMEDOUT' ? 'timeout_connect' : 'connection_refused';
}

/** One sentence for a log or an error body: which address, what happened, what to check. */
export function describeFailure(kind: UpstreamFailure, detail: string, baseUrl: string): string {
  switch (kind) {
    case 'timeout_connect':
      return `no connection to ${baseUrl} within the model's connect_timeout; is the model server up?`;
    case 'connection_refused':
      return `cannot connect to ${baseUrl} (${detail}); is the model server running at this address?`;
    case 'invalid_response':
      return `${baseUrl} did not answer in valid HTTP/1.1: ${detail}`;
    case 'connection_reset':
      return `the connection to ${baseUrl} broke (${detail})`;
  }
}

/** Node wraps the failures of several addresses in one AggregateError; its parts carry the codes. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : '';
}
