import { completeExperiment, type ExperimentInput } from '../../contract/experiment.ts';
import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerExperimentChange, checkSalt } from './write.ts';

/** Writes a draft, with a salt of its own unless one is given. */
export function createExperiment({ door, ids }: ControlCore, caller: Caller, input: ExperimentInput) {
  const { id } = input;
  const experiment = completeExperiment(input, ids.next('salt'));
  return door.change(caller, {
    action: 'experiments.create',
    resource: `experiments/${id}`,
    plan(state) {
      if (state.experiments.has(id)) {
        const message = `experiment "${id}" exists already; give another id`;
        throw new AdminFault('clash', message, [{ path: 'id', message }]);
      }
      checkSalt(state, experiment);
      return { experiments: new Map([[id, experiment]]) };
    },
    answer: (outcome) => answerExperimentChange(outcome, id),
  });
}
