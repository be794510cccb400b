import type { FieldError } from './schema-check.ts';

/** The closed list of ways in which the admin API refuses. HTTP numbers: `control/http/problem.ts`, nowhere else. */
export type AdminFaultCode =
  | 'invalid' // a field is wrong; `errors` names each
  | 'missing_key'
  | 'wrong_key'
  | 'two_credentials'
  | 'forbidden'
  | 'not_found'
  | 'clash' // the name is taken
  | 'in_use'
  | 'wrong_state' // it exists, and cannot do this now
  | 'owned_by_file'
  | 'last_admin'
  | 'stale' // somebody changed it in the meantime
  | 'conflict' // it is not in a state for that
  | 'rollout_active' // it would change what an active rollout stands on
  | 'busy'; // too many changes are waiting

/** Faults of fields that the message itself tells; `errors` has all of them. */
const MAX_TOLD = 5;

export class AdminFault extends Error {
  readonly code: AdminFaultCode;
  readonly errors: readonly FieldError[];

  constructor(code: AdminFaultCode, message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}

/** A fault about one field. */
export function invalid(path: string, message: string): AdminFault {
  return fieldsFault([{ path, message }]);
}

/** Everything wrong with what was sent, in one fault. */
export function fieldsFault(errors: readonly FieldError[], code: AdminFaultCode = 'invalid'): AdminFault {
  const list = errors
    .slice(0, MAX_TOLD)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = errors.length > MAX_TOLD ? ` and ${errors.length - MAX_TOLD} more` : '';
  return new AdminFault(code, `${list.join('; ')}${more}`, errors);
}

export function notFound(what: string, id: string): AdminFault {
  return new AdminFault('not_found', `there is no ${what} "${id}"`);
}
