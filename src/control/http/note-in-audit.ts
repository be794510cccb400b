import { OPERATIONS, type OperationId } from '../../contract/operations.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';

interface Noted {
  readonly core: ControlCore;
  readonly caller: Caller;
  readonly operationId: OperationId;
  /** What the entry tells of the call. */
  readonly noted: object;
}

/** Leaves an audit entry of a call that changes no configuration. */
export function noteInAudit({ core, caller, operationId, noted }: Noted): Promise<void> {
  return core.door.change(caller, {
    action: operationId,
    resource: OPERATIONS[operationId].path.slice(1),
    plan: () => ({}),
    noted,
    answer: () => undefined,
  });
}
