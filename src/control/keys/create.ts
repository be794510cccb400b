import type { KeyInput } from '../../contract/key.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerKey, makeKey } from './make.ts';

/** Makes a key; the answer holds its text, this once. */
export function createKey(core: ControlCore, caller: Caller, input: KeyInput) {
  const { stored, text } = makeKey(core, input);
  return core.door.change(caller, {
    action: 'keys.create',
    resource: `keys/${stored.id}`,
    plan: () => ({ keys: new Map([[stored.id, stored]]) }),
    answer: ({ state }) => ({ ...answerKey(stored), key: text, config_version: state.version }),
  });
}
