import type { RoutePatch } from '../../contract/route.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerRouteChange, isPasted, noteStable, patchRoute, routeOf, withDefaultMoved } from './write.ts';

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
  const notes: string[] = [];
  return door.change(caller, {
    action: 'routes.update',
    resource: `routes/${id}`,
    plan(state) {
      const { document, version } = routeOf(state, id);
      checkExpected({ ...patch, ifMatch }, { id, version });
      const route = patchRoute(document, patch);
      if (isPasted(patch)) notes.push(noteStable(route.stable_model_id));
      return { routes: withDefaultMoved(state, route, notes) };
    },
    answer: (state) => answerRouteChange(state, id, { ownership, notes }),
  });
}
