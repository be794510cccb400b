import type { RoutePatch } from '../../contract/route.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerRouteChange, editsForRoute, isPasted, noteStable, patchRoute, routeOf } from './write.ts';

export interface UpdateRoute {
  readonly id: string;
  readonly patch: RoutePatch;
  readonly ifMatch: number | null;
}

export function updateRoute(
  { door, ownership }: ControlCore,
  caller: Caller,
  { id, patch, ifMatch }: UpdateRoute,
) {
  return door.change(caller, {
    action: 'routes.update',
    resource: `routes/${id}`,
    plan(state) {
      const { document, version } = routeOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      const route = patchRoute(document, patch);
      return editsForRoute(state, route, isPasted(patch) ? [noteStable(route.stable_model_id)] : []);
    },
    answer: (outcome) => answerRouteChange(outcome, id, ownership),
  });
}
