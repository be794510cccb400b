import { AdminFault, type AdminFaultCode } from '../../contract/fault.ts';
import type { Problem } from '../../contract/problem.ts';
import { IndexUnavailable } from '../../ports/event-store.ts';

/** What only HTTP can get wrong. */
export type HttpFaultCode =
  | 'bad_request'
  | 'bad_json'
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'method_not_allowed'
  | 'too_many_attempts'
  | 'unavailable'
  | 'internal';

const PROBLEMS: Readonly<Record<AdminFaultCode | HttpFaultCode, readonly [status: number, title: string]>> = {
  invalid: [400, 'A field is not valid'],
  bad_request: [400, 'The request cannot be read'],
  bad_json: [400, 'The body is not JSON'],
  two_credentials: [400, 'Two different credentials were given'],
  missing_key: [401, 'A key is needed'],
  wrong_key: [401, 'The key is not known'],
  forbidden: [403, 'The role does not allow this'],
  not_found: [404, 'There is no such thing'],
  method_not_allowed: [405, 'The method is not allowed here'],
  clash: [409, 'The name is taken'],
  in_use: [409, 'It is in use'],
  wrong_state: [409, 'It cannot be done now'],
  owned_by_file: [409, 'The configuration file owns it'],
  last_admin: [409, 'It is the last admin key'],
  conflict: [409, 'Its state does not allow this'],
  rollout_active: [409, 'A rollout is active on it'],
  stale: [412, 'Somebody changed it in the meantime'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body must be JSON'],
  too_many_attempts: [429, 'Too many attempts'],
  internal: [500, 'Sluice failed'],
  busy: [503, 'Too many changes at once'],
  unavailable: [503, 'The index cannot answer now'],
};

/** An error that HTTP itself is the reason of. */
export class HttpFault extends Error {
  readonly code: HttpFaultCode;

  constructor(code: HttpFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The RFC 9457 document of an error. An unexpected one tells nothing but its request id: the log has the rest. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof AdminFault || error instanceof HttpFault) {
    const errors = error instanceof AdminFault ? [...error.errors] : [];
    return problem(error.code, error.message, errors);
  }
  if (error instanceof IndexUnavailable) return problem('unavailable', error.message, []);
  const code = frameworkFault(error);
  if (code) return problem(code, (error as Error).message, []);
  return problem('internal', `an unexpected error; the log has it under request ${requestId}`, []);
}

function problem(code: AdminFaultCode | HttpFaultCode, detail: string, errors: Problem['errors']): Problem {
  const [status, title] = PROBLEMS[code];
  return { type: `urn:sluice:${code}`, title, status, detail, errors };
}

/** Fastify's own refusals, by their status. */
function frameworkFault(error: unknown): HttpFaultCode | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 0;
  if (status === 413) return 'body_too_large';
  if (status === 415) return 'unsupported_media_type';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : null;
}
