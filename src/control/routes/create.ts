import { AdminFault } from '../../contract/fault.ts';
import { completeRoute, DEFAULT_ROUTE_ID, type RouteInput } from '../../contract/route.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { answerRouteChange, editsForRoute, noteStable } from './write.ts';

/** Creates a route. What is not written is filled in, and the answer says what was decided. */
export function createRoute({ door, ownership }: ControlCore, caller: Caller, input: RouteInput) {
  const id = input.id ?? DEFAULT_ROUTE_ID;
  return door.change(caller, {
    action: 'routes.create',
    resource: `routes/${id}`,
    plan(state) {
      if (state.routes.has(id)) {
        const hint = input.id === undefined ? 'give another id, or ' : '';
        const message = `route "${id}" exists already; ${hint}change it with PATCH /admin/v1/routes/${id}`;
        throw new AdminFault('clash', message, [{ path: 'id', message }]);
      }
      const route = completeRoute(input, state.routes.size === 0);
      const notes: string[] = [];
      if (input.id === undefined) notes.push(`no id was given: the route is called "${id}"`);
      if (input.stable_model_id === undefined) notes.push(noteStable(route.stable_model_id));
      if (input.default === undefined && route.default) notes.push('the first route is the default route');
      return editsForRoute(state, route, notes);
    },
    answer: (outcome) => answerRouteChange(outcome, id, ownership),
  });
}
