import { notFound } from '../../contract/fault.ts';
import {
  completeRules,
  firstModelOf,
  type RouteAnswer,
  type RouteDocument,
  type RoutePatch,
} from '../../contract/route.ts';
import { POSITIONS } from '../../domain/bucket.ts';
import type { Outcome } from '../change.ts';
import type { Edits } from '../edits.ts';
import type { Ownership } from '../ownership.ts';
import { activeOn } from '../rollouts/record.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `routes` verbs share. */
export function routeOf(state: ControlState, id: string): Versioned<RouteDocument> {
  const found = state.routes.get(id);
  if (!found) throw notFound('route', id);
  return found;
}

export function answerRoute(state: ControlState, id: string, ownership: Ownership): RouteAnswer {
  const { document, version } = routeOf(state, id);
  return { ...document, version, managed_by: ownership.managedBy(`routes/${id}`), ...underWay(state, id) };
}

/** The written rules are those of after the rollout's end; these are what users get now. */
function underWay(state: ControlState, id: string): Pick<RouteAnswer, 'rollout_id' | 'effective_rules'> {
  const active = activeOn(state, id);
  if (active === null) return {};
  const { document, stableModelId, state: rollout } = active;
  const description = `rollout ${document.id}`;
  const weight = rollout.steps / 100;
  return {
    rollout_id: document.id,
    effective_rules: [
      { model_id: stableModelId, weight: (POSITIONS - rollout.steps) / 100, description },
      { model_id: document.candidate_model_id, weight, description },
    ],
  };
}

/** The answer to a change, with what was decided on the caller's behalf. */
export function answerRouteChange({ state, notes }: Outcome, id: string, ownership: Ownership) {
  const answer = { ...answerRoute(state, id, ownership), config_version: state.version };
  return notes.length === 0 ? answer : { ...answer, notes: [...notes] };
}

/** The pasted form: strategy and rules, and no word about which model is stable. */
export function isPasted(input: Pick<RoutePatch, 'strategy' | 'rules' | 'stable_model_id'>): boolean {
  return input.strategy !== undefined && input.rules !== undefined && input.stable_model_id === undefined;
}

export function noteStable(modelId: string): string {
  return `no stable_model_id was given: "${modelId}", the model of the first rule, is the stable one`;
}

/** A route after a patch: named fields replace. */
export function patchRoute(document: RouteDocument, patch: RoutePatch): RouteDocument {
  const { version: _v, managed_by: _m, config_version: _c, rules, ...written } = patch;
  const { rollout_id: _r, effective_rules: _e, ...fields } = written;
  return {
    ...document,
    ...fields,
    id: document.id,
    rules: rules ? completeRules(rules) : document.rules,
    stable_model_id:
      isPasted(patch) && rules ? firstModelOf(rules) : (patch.stable_model_id ?? document.stable_model_id),
  };
}

/**
 * The edits that write a route. There is one default route, and moving it in two steps would leave a moment without
 * any: the present one loses its mark when the written one takes it.
 */
export function editsForRoute(
  state: ControlState,
  route: RouteDocument,
  notes: readonly string[] = [],
): Edits {
  const moved = [...state.routes].filter(
    ([id, { document }]) => route.default && document.default && id !== route.id,
  );
  return {
    routes: new Map([
      ...moved.map(([id, { document }]) => [id, { ...document, default: false }] as const),
      [route.id, route],
    ]),
    notes: [...notes, ...moved.map(([id]) => `route "${id}" was the default route; "${route.id}" is now`)],
  };
}
