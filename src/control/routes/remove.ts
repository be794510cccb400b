import { isOpen } from '../../contract/experiment.ts';
import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { routeOf } from './write.ts';

export function removeRoute({ door }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'routes.delete',
    resource: `routes/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: routeOf(state, id).version });
      const uses = [...state.experiments.values()]
        .filter(({ document }) => document.route_id === id && isOpen(document))
        .map(({ document }) => `experiments/${document.id} route_id`);
      if (uses.length > 0) {
        const errors = uses.map((path) => ({ path, message: `uses route "${id}"` }));
        throw new AdminFault('in_use', `route "${id}" is used by ${uses.join(', ')}`, errors);
      }
      return { routes: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
