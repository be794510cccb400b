import type { ModelPatch } from '../../contract/model.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerModel, editSecret, modelOf, patchModel } from './write.ts';

export interface UpdateModel {
  readonly id: string;
  readonly patch: ModelPatch;
  readonly ifMatch: number | null;
}

export function updateModel(
  { door, ownership }: ControlCore,
  caller: Caller,
  { id, patch, ifMatch }: UpdateModel,
) {
  return door.change(caller, {
    action: 'models.update',
    resource: `models/${id}`,
    plan(state) {
      const { document, version } = modelOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      return {
        models: new Map([[id, patchModel(document, patch)]]),
        secrets: editSecret(state, { ...patch, id }),
      };
    },
    answer: ({ state }) => ({ ...answerModel(state, id, ownership), config_version: state.version }),
  });
}
