import type { FieldError } from '../contract/schema-check.ts';

/** The closed list of ways in which the control plane refuses. HTTP numbers: `http/problem.ts`, nowhere else. */
export type ControlFaultCode =
  | 'invalid' // a field is wrong; `errors` names each
  | 'missing_key'
  | 'wrong_key'
  | 'two_credentials'
  | 'forbidden'
  | 'not_found'
  | 'clash' // the name is taken
  | 'in_use'
  | 'owned_by_file'
  | 'last_admin'
  | 'stale' // somebody changed it in the meantime
  | 'busy'; // too many changes are waiting

/** Faults of fields that the message itself tells; `errors` has all of them. */
const MAX_TOLD = 5;

export class ControlFault extends Error {
  readonly code: ControlFaultCode;
  readonly errors: readonly FieldError[];

  constructor(code: ControlFaultCode, message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}

/** A fault about one field. */
export function invalid(path: string, message: string): ControlFault {
  return fieldsFault([{ path, message }]);
}

/** Everything wrong with what was sent, in one fault. */
export function fieldsFault(errors: readonly FieldError[], code: ControlFaultCode = 'invalid'): ControlFault {
  const list = errors
    .slice(0, MAX_TOLD)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = errors.length > MAX_TOLD ? ` and ${errors.length - MAX_TOLD} more` : '';
  return new ControlFault(code, `${list.join('; ')}${more}`, errors);
}

export function notFound(what: string, id: string): ControlFault {
  return new ControlFault('not_found', `there is no ${what} "${id}"`);
}
