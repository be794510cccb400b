import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerModel, modelOf } from './write.ts';

export interface SwitchModel {
  readonly id: string;
  readonly enabled: boolean;
  readonly ifMatch: number | null;
}

/** Takes a model out of service, or back into it, everywhere at once. Twice is as good as once. */
export function switchModel(
  { door, ownership }: ControlCore,
  caller: Caller,
  { id, enabled, ifMatch }: SwitchModel,
) {
  return door.change(caller, {
    action: enabled ? 'models.enable' : 'models.disable',
    resource: `models/${id}`,
    plan(state) {
      const { document, version } = modelOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      return { models: new Map([[id, { ...document, enabled }]]) };
    },
    answer: ({ state }) => ({ ...answerModel(state, id, ownership), config_version: state.version }),
  });
}
