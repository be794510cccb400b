import type { UpstreamFailure } from '../../ports/upstream.ts';

/** What the system's error means for a caller. `isConnecting`: the connection was not made yet. */
export function failureOf(error: Error, isConnecting: boolean): UpstreamFailure {
  if (!isConnecting) return 'connection_reset';
  // Nobody listens, the name does not resolve, or TLS failed; only silence is another matter.
  return codeOf(error) === 'ETIMEDOUT' ? 'timeout_connect' : 'connection_refused';
}

/**
 * One sentence for the event and the client: what happened, what to check. It names no address: clients of a model
 * have no business with where it stands, and the operator knows it by the model's id.
 */
export function describeFailure(kind: UpstreamFailure, detail: string): string {
  const code = /\bE[A-Z_]{3,}\b/.exec(detail)?.[0];
  const why = code === undefined ? '' : ` (${code})`;
  switch (kind) {
    case 'timeout_connect':
      return "no connection to its model server within the model's connect_timeout; is it up?";
    case 'connection_refused':
      return `its model server cannot be connected to${why}; is it running? \`sluice doctor\` tells more`;
    case 'invalid_response':
      return `its model server did not answer in valid HTTP/1.1: ${detail}`;
    case 'connection_reset':
      return `the connection to its model server broke${why}`;
  }
}

/** Node wraps the failures of several addresses in one AggregateError; its parts carry the codes. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : '';
}
