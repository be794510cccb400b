import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerRouteChange, routeOf } from './write.ts';

export interface SwitchRoute {
  readonly id: string;
  readonly enabled: boolean;
  readonly ifMatch: number | null;
}

/** Disables a route (everyone gets its stable model) or lets its rules decide again. Twice is as good as once. */
export function switchRoute(
  { door, ownership }: ControlCore,
  caller: Caller,
  { id, enabled, ifMatch }: SwitchRoute,
) {
  return door.change(caller, {
    action: enabled ? 'routes.enable' : 'routes.disable',
    resource: `routes/${id}`,
    plan(state) {
      const { document, version } = routeOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      return { routes: new Map([[id, { ...document, enabled }]]) };
    },
    answer: (outcome) => answerRouteChange(outcome, id, ownership),
  });
}
