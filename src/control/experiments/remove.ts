import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { checkStatus, experimentOf } from './write.ts';

/** Removes a draft; what has begun stays on the record. */
export function removeExperiment({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'experiments.delete',
    resource: `experiments/${id}`,
    plan(state) {
      const { document, version } = experimentOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      checkStatus(document, ['draft'], 'removed');
      return { experiments: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
