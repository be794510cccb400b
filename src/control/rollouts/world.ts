import type { ModelStanding, World } from '../../domain/rollout/input.ts';
import type { Plan } from '../../domain/rollout/plan.ts';
import type { Breakers } from '../../ports/breakers.ts';
import type { ControlState } from '../state.ts';
import { activeOn } from './record.ts';

/** Everyone belongs to one model. */
const EVERYONE = 100;

/** What surrounds a rollout now. A model that is not registered any more counts as disabled. */
export function worldOf(plan: Plan, state: ControlState, breakers: Pick<Breakers, 'reports'>): World {
  const reports = breakers.reports();
  const standingOf = (modelId: string): ModelStanding => {
    const report = reports.find((one) => one.modelId === modelId);
    return {
      isEnabled: state.models.get(modelId)?.document.enabled ?? false,
      breaker: report?.state ?? 'CLOSED',
      incident: report?.incident ?? 0,
    };
  };
  const route = state.routes.get(plan.routeId)?.document;
  const taken = activeOn(state, plan.routeId);
  return {
    candidate: standingOf(plan.candidateModelId),
    stable: standingOf(plan.stableModelId),
    route: {
      isEnabled: route?.enabled ?? false,
      isIntact:
        route?.stable_model_id === plan.stableModelId &&
        route.rules.every((rule) => rule.model_id === plan.stableModelId || rule.weight === 0) &&
        route.rules.some((rule) => rule.weight === EVERYONE),
      isTaken: taken !== null && taken.document.id !== plan.id,
    },
  };
}
