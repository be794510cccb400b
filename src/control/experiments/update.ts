import { completeExperiment, type ExperimentPatch } from '../../contract/experiment.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerExperimentChange, checkSalt, checkStatus, experimentOf } from './write.ts';

export interface UpdateExperiment {
  readonly id: string;
  readonly patch: ExperimentPatch;
  readonly ifMatch: number | null;
}

/** Changes a draft: after the start the question is fixed, or the answer would be to another one. */
export function updateExperiment(
  { door }: ControlCore,
  caller: Caller,
  { id, patch, ifMatch }: UpdateExperiment,
) {
  return door.change(caller, {
    action: 'experiments.update',
    resource: `experiments/${id}`,
    plan(state) {
      const { document, version } = experimentOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      checkStatus(document, ['draft'], 'changed');
      const { version: _v, managed_by: _m, config_version: _c, rule, ...fields } = patch;
      const written = { ...document, ...fields, id, rule: { ...document.rule, ...rule } };
      const experiment = completeExperiment(written, document.salt);
      checkSalt(state, experiment);
      return { experiments: new Map([[id, experiment]]) };
    },
    answer: (outcome) => answerExperimentChange(outcome, id),
  });
}
