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
      return { routes: new Map([[id, null]]) };
    },
    answer: ({ state }) => ({ id, deleted: true as const, config_version: state.version }),
  });
}
