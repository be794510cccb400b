import { isDeepStrictEqual } from 'node:util';
import { AdminFault } from '../../contract/fault.ts';
import type { RouteDocument } from '../../contract/route.ts';
import type { ControlState } from '../state.ts';

/**
 * Throws `rollout_active` where a change would alter what a rollout stands on: the shares of its route, or that its models
 * exist. A configuration file is applied without asking; the rollout then ends by itself.
 */
export function refuseBeneathRollouts(before: ControlState, next: ControlState): void {
  if (before.routes === next.routes && before.models === next.models) return;
  for (const { document, stableModelId, state } of next.rollouts.values()) {
    if (state.status !== 'active') continue;
    const { id, route_id: routeId, candidate_model_id: candidateId } = document;
    const [was, is] = [before.routes.get(routeId)?.document, next.routes.get(routeId)?.document];
    const gone = [stableModelId, candidateId].find((modelId) => !next.models.has(modelId));
    if (gone === undefined && is !== undefined && hasSameRules(was, is)) continue;
    const what = gone === undefined ? `the shares of route "${routeId}"` : `model "${gone}"`;
    const message = `rollout "${id}" is active and stands on ${what}; abort it first, or let it end`;
    throw new AdminFault('rollout_active', message);
  }
}

function hasSameRules(was: RouteDocument | undefined, is: RouteDocument): boolean {
  return was?.stable_model_id === is.stable_model_id && isDeepStrictEqual(was.rules, is.rules);
}

/** Throws `rollout_active` while any rollout is. */
export function refuseWhileActive({ rollouts }: Pick<ControlState, 'rollouts'>): void {
  for (const { document, state } of rollouts.values()) {
    if (state.status !== 'active') continue;
    const message = `rollout "${document.id}" is active; abort it first, or let it end`;
    throw new AdminFault('rollout_active', message);
  }
}
