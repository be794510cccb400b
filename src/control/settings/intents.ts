import type { IntentsAnswer, IntentsDocument } from '../../contract/settings.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Expected } from '../expected.ts';
import type { Ownership } from '../ownership.ts';
import { type ControlState, INTENTS_ID } from '../state.ts';

export interface ReplaceIntents extends Expected {
  readonly intents: IntentsDocument['intents'];
}

export function replaceIntents({ door, ownership }: ControlCore, caller: Caller, written: ReplaceIntents) {
  return door.change(caller, {
    action: 'intents.replace',
    resource: INTENTS_ID,
    plan(state) {
      checkExpected(written, { id: INTENTS_ID, version: state.intents.version });
      return { intents: { intents: written.intents } };
    },
    answer: ({ state }) => ({ ...answerIntents(state, ownership), config_version: state.version }),
  });
}

export function answerIntents({ intents }: ControlState, ownership: Ownership): IntentsAnswer {
  return { ...intents.document, version: intents.version, managed_by: ownership.managedBy(INTENTS_ID) };
}
