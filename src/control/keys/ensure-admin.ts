import { FIRST_RULES } from '../../contract/alert-rule.ts';
import type { Caller, Door } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { makeKey } from './make.ts';

/** A shorter key from outside could be guessed over the network. */
const MIN_ADMIN_KEY_LENGTH = 8;

const START: Caller = {
  principal: { credentialId: 'start', name: 'first start', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** Refuses a key from outside that could not be sent in a header or would be guessed. */
export function checkAdminKey(adminKey: string | null): void {
  if (adminKey === null || new RegExp(`^[\\x21-\\x7e]{${MIN_ADMIN_KEY_LENGTH},512}$`).test(adminKey)) return;
  throw new Error(
    `SLUICE_ADMIN_KEY must be ${MIN_ADMIN_KEY_LENGTH} to 512 printable ASCII characters without spaces`,
  );
}

/** Makes an admin key when there is no way in; answers its text, this once, or null. */
export async function ensureAdminKey(core: ControlCore): Promise<string | null> {
  const hasAdmin = [...core.door.state().keys.values()].some((key) => key.role === 'admin');
  if (hasAdmin || core.hasOutsideAdmin) return null;
  const { stored, text } = makeKey(core, { name: 'first admin key', role: 'admin' });
  return core.door.change(START, {
    action: 'keys.create_first',
    resource: `keys/${stored.id}`,
    plan: () => ({ keys: new Map([[stored.id, stored]]) }),
    answer: () => text,
  });
}

/** Writes into a new store which master key it was made with, so that another one is noticed, and the first alert rules. */
export async function beginStore(door: Door, masterKeyId: string): Promise<void> {
  await door.change(START, {
    action: 'store.begin',
    resource: 'store',
    plan: () => ({ alertRules: new Map(FIRST_RULES.map((rule) => [rule.id, rule])) }),
    answer: () => undefined,
    masterKeyId,
  });
}
