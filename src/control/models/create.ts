import { AdminFault } from '../../contract/fault.ts';
import { completeModel, type ModelInput } from '../../contract/model.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerModel, editSecret } from './write.ts';

export function createModel({ door, ownership }: ControlCore, caller: Caller, input: ModelInput) {
  const { id } = input;
  return door.change(caller, {
    action: 'models.create',
    resource: `models/${id}`,
    plan(state) {
      if (state.models.has(id)) {
        const message = `model "${id}" exists already; change it with PATCH /admin/v1/models/${id}`;
        throw new AdminFault('clash', message, [{ path: 'id', message }]);
      }
      return { models: new Map([[id, completeModel(input)]]), secrets: editSecret(state, input) };
    },
    answer: ({ state }) => ({ ...answerModel(state, id, ownership), config_version: state.version }),
  });
}
