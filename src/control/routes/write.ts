import {
  completeRules,
  firstModelOf,
  type RouteAnswer,
  type RouteDocument,
  type RoutePatch,
} from '../../contract/route.ts';
import { notFound } from '../fault.ts';
import type { Ownership } from '../ownership.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `routes` verbs share. */
export function routeOf(state: ControlState, id: string): Versioned<RouteDocument> {
  const found = state.routes.get(id);
  if (!found) throw notFound('route', id);
  return found;
}

export function answerRoute(state: ControlState, id: string, ownership: Ownership): RouteAnswer {
  const { document, version } = routeOf(state, id);
  return { ...document, version, managed_by: ownership.managedBy(`routes/${id}`) };
}

/** The answer to a change, with what was decided on the caller's behalf. */
export function answerRouteChange(
  state: ControlState,
  id: string,
  more: { ownership: Ownership; notes: string[] },
) {
  const answer = { ...answerRoute(state, id, more.ownership), config_version: state.version };
  return more.notes.length === 0 ? answer : { ...answer, notes: more.notes };
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
  const { version: _v, managed_by: _m, config_version: _c, rules, ...fields } = patch;
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
 * The written route, and the present default route without its mark when the written one takes it over: there is one
 * default route, and moving it in two steps would leave a moment without any.
 */
export function withDefaultMoved(state: ControlState, route: RouteDocument, notes: string[]) {
  const edits = new Map<string, RouteDocument | null>([[route.id, route]]);
  for (const [id, { document }] of state.routes) {
    if (!route.default || !document.default || id === route.id) continue;
    edits.set(id, { ...document, default: false });
    notes.push(`route "${id}" was the default route; "${route.id}" is now`);
  }
  return edits;
}
