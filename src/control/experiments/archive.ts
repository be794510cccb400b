import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { answerExperimentChange, checkStatus, experimentOf } from './write.ts';

/** Puts away what is over, or will not be started. */
export function archiveExperiment({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'experiments.archive',
    resource: `experiments/${id}`,
    plan(state) {
      const { document, version } = experimentOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      checkStatus(document, ['draft', 'stopped', 'archived'], 'archived');
      return { experiments: new Map([[id, { ...document, status: 'archived' as const }]]) };
    },
    answer: (outcome) => answerExperimentChange(outcome, id),
  });
}
