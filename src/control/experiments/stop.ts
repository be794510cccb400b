import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { stopped } from './stopped.ts';
import { answerExperimentChange, checkStatus, experimentOf } from './write.ts';

/** Ends an experiment before its time: it is read by the rules of an early look. Twice is as good as once. */
export function stopExperiment({ door, clock }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'experiments.stop',
    resource: `experiments/${id}`,
    plan(state) {
      const { document, version } = experimentOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      if (document.status === 'stopped') return {};
      checkStatus(document, ['running'], 'stopped');
      const at = new Date(clock.nowMs()).toISOString();
      return { experiments: new Map([[id, stopped(document, 'operator', at)]]) };
    },
    answer: (outcome) => answerExperimentChange(outcome, id),
  });
}
