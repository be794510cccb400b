import { AdminFault, notFound } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';

/** Revokes a key at once. The last admin credential stays: nobody could make another. */
export function removeKey({ door, hasOutsideAdmin }: ControlCore, caller: Caller, id: string) {
  return door.change(caller, {
    action: 'keys.delete',
    resource: `keys/${id}`,
    plan(state) {
      const key = state.keys.get(id);
      if (!key) throw notFound('key', id);
      const otherAdmin = [...state.keys.values()].some((other) => other.role === 'admin' && other.id !== id);
      if (key.role === 'admin' && !otherAdmin && !hasOutsideAdmin) {
        throw new AdminFault('last_admin', `"${key.name}" is the last admin key; make another one first`);
      }
      return { keys: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
