import type { Standing } from './breaker.ts';
import { type Place, placeOf } from './bucket.ts';
import type { AudienceMatch, Model } from './config.ts';
import { armOf } from './experiment.ts';
import type { LiveArm } from './live-experiment.ts';
import { armHolding, heldBy, type Pin, type PinBreak } from './pin.ts';
import { bySharesOf, countedIn } from './shares.ts';
import type { CompiledRollout, CompiledRoute, Snapshot } from './snapshot.ts';

/** Why a model was assigned. Travels unchanged into header, event, audit entry and console. */
export type AssignmentReason =
  | 'override'
  | 'route_disabled'
  | 'no_user'
  | 'audience'
  | 'pinned'
  | 'experiment'
  | 'rollout'
  | 'rule';

/** Why another model than the assigned one serves. */
export type FallbackReason = 'open' | 'error' | 'disabled';

/** What is known of a request when its model is decided. Absent facts are null, never empty text. */
export interface RequestFacts {
  /** `model_id` of the body, or the header `X-Model-Id`. */
  readonly overrideModelId: string | null;
  /** `route` of the body. */
  readonly routeName: string | null;
  /** `model` of the body. */
  readonly modelName: string | null;
  readonly mayOverride: boolean;
  readonly userId: string | null;
  readonly segment: string | null;
  /** When the user was created, epoch milliseconds; needed only where `snapshot.usesCreatedAt`. */
  readonly createdAtMs: number | null;
  /** What the conversation is held to, where its route keeps conversations together. */
  readonly pin: Pin | null;
}

export interface Assignment {
  readonly kind: 'serve';
  readonly routeId: string | null;
  readonly assigned: Model;
  readonly reason: AssignmentReason;
  readonly serving: Model;
  /** Set when `serving` is not `assigned`. */
  readonly fallback: FallbackReason | null;
  /** Who may answer when `serving` fails before its first frame; null for overrides and where nobody is left. */
  readonly standby: Model | null;
  /** The last resort of its route; null for overrides, which are never answered by another model. */
  readonly stable: Model | null;
  readonly place: Place | null;
  readonly audience: string | null;
  /** Of the experiment that assigned the model; null where none did. */
  readonly arm: LiveArm | null;
  /** Why the conversation leaves the model that it was on. */
  readonly pinBreak: PinBreak | null;
  /** In whose figures the request counts, as one of the candidate's or of its control group. */
  readonly rollout: CompiledRollout | null;
  readonly version: number;
}

export interface Refusal {
  readonly kind: 'refuse';
  readonly code:
    | 'model_not_found'
    | 'no_route'
    | 'override_forbidden'
    | 'no_model_available'
    | 'breaker_open';
  readonly message: string;
  /** The model that was named, where one was. */
  readonly modelId: string | null;
}

/** How a model's breaker stands at this moment. */
export type StandingOf = (modelId: string) => Standing;
const ALL_CLOSED: StandingOf = () => 'closed';

/** What a decision rests on besides the request. */
export interface Grounds {
  readonly snapshot: Snapshot;
  /** Where it is left out, breakers are not looked at. */
  readonly standingOf?: StandingOf;
}

/**
 * Decides one request. Pure: the same facts, snapshot and standings give the same answer. A caller that remembers the
 * user's place may give it.
 */
export function decide(
  facts: RequestFacts,
  { snapshot, standingOf = ALL_CLOSED }: Grounds,
  place = facts.userId === null ? null : placeOf(facts.userId),
): Assignment | Refusal {
  const named = facts.overrideModelId ?? modelIdNamedBy(facts, snapshot);
  if (named !== null) return decideOverride(named, facts, { snapshot, standingOf, place });

  const compiled = routeOf(facts, snapshot);
  if ('kind' in compiled) return compiled;
  const held = heldBy(facts.pin, compiled, standingOf);
  const [pinned, pinBreak] = typeof held === 'string' ? [null, held] : [held, null];
  const { model, reason, audience, arm, rollout } = assign(facts, compiled, { place, pinned });
  const { stable } = compiled;
  const serving = serverOf(model, stable, { snapshot, standingOf });
  if (serving === null) {
    const message = `model "${model.id}" is disabled and no enabled model can stand in for it on route "${compiled.route.id}"`;
    return { kind: 'refuse', code: 'no_model_available', message, modelId: null };
  }
  return {
    kind: 'serve',
    routeId: compiled.route.id,
    assigned: model,
    reason,
    serving,
    fallback: serving === model ? null : model.enabled ? 'open' : 'disabled',
    standby: standbyOf({ serving, assigned: model, stable }, { snapshot, standingOf }),
    stable,
    place,
    audience,
    arm,
    pinBreak: reason === 'audience' || serving.id === facts.pin?.modelId ? null : pinBreak,
    rollout,
    version: snapshot.version,
  };
}

/** The route that a request means, or why it means none. */
function routeOf(facts: RequestFacts, snapshot: Snapshot): CompiledRoute | Refusal {
  if (facts.routeName !== null) {
    const named = snapshot.routesByName.get(facts.routeName);
    if (named) return named;
    const message = `there is no route "${facts.routeName}"`;
    return { kind: 'refuse', code: 'no_route', message, modelId: null };
  }
  const named = facts.modelName === null ? undefined : snapshot.routesByName.get(facts.modelName);
  if (named) return named;
  if (facts.modelName !== null && snapshot.settings.unknownModel === 'reject') {
    const message = `"${facts.modelName}" is neither a model id nor a route id nor an alias`;
    return { kind: 'refuse', code: 'model_not_found', message, modelId: null };
  }
  if (snapshot.defaultRoute) return snapshot.defaultRoute;
  const message =
    'no route is named by this request and no default route is set; create one with POST /admin/v1/routes';
  return { kind: 'refuse', code: 'no_route', message, modelId: null };
}

function modelIdNamedBy(facts: RequestFacts, snapshot: Snapshot): string | null {
  const name = facts.modelName;
  return name !== null && facts.routeName === null && snapshot.models.has(name) ? name : null;
}

function decideOverride(
  id: string,
  facts: RequestFacts,
  { snapshot, standingOf, place }: Required<Grounds> & { readonly place: Place | null },
): Assignment | Refusal {
  if (!facts.mayOverride) {
    const message = `this key may not name a model ("${id}"); ask for a route instead`;
    return { kind: 'refuse', code: 'override_forbidden', message, modelId: id };
  }
  const model = snapshot.models.get(id);
  if (!model?.enabled) {
    const message = model ? `model "${id}" is disabled` : `there is no model "${id}"`;
    return { kind: 'refuse', code: 'model_not_found', message, modelId: id };
  }
  if (standingOf(id) === 'open') {
    const message = breakerOpenMessage(id);
    return { kind: 'refuse', code: 'breaker_open', message, modelId: id };
  }
  const route = routeOf(facts, snapshot);
  return {
    kind: 'serve',
    routeId: 'kind' in route ? null : route.route.id,
    assigned: model,
    reason: 'override',
    serving: model,
    fallback: null,
    standby: null,
    stable: null,
    place,
    audience: null,
    arm: null,
    pinBreak: null,
    rollout: null,
    version: snapshot.version,
  };
}

export function breakerOpenMessage(modelId: string): string {
  return `the breaker of model "${modelId}" is open, because the model failed; who names a model is not answered by another one: try later, or ask for a route`;
}

interface Assigned {
  readonly model: Model;
  readonly reason: AssignmentReason;
  readonly audience: string | null;
  readonly arm: LiveArm | null;
  readonly rollout: CompiledRollout | null;
}

/** What nobody counts whom neither an experiment nor a rollout assigned. */
const UNCOUNTED = { audience: null, arm: null, rollout: null } as const;

/** CONTRACT's order: disabled route, no user, audience, conversation pin, experiment, then rollout or written rules. */
function assign(
  facts: RequestFacts,
  compiled: CompiledRoute,
  { place, pinned }: { readonly place: Place | null; readonly pinned: Model | null },
): Assigned {
  const { route, stable } = compiled;
  if (!route.enabled) return { ...UNCOUNTED, model: stable, reason: 'route_disabled' };
  if (place === null || facts.userId === null) return { ...UNCOUNTED, model: stable, reason: 'no_user' };
  for (const [i, audience] of route.audiences.entries()) {
    const model = compiled.audienceModels[i];
    if (model && matches(audience.match, facts, facts.userId)) {
      return { ...UNCOUNTED, model, reason: 'audience', audience: audience.name };
    }
  }
  if (pinned !== null) {
    const arm = armHolding(facts.pin, compiled);
    const rollout = arm === null ? countedIn(compiled, place.position, pinned) : null;
    return { model: pinned, reason: 'pinned', audience: null, arm, rollout };
  }
  if (compiled.experiment !== null) {
    const arm = armOf(compiled.experiment, facts.userId);
    if (arm?.model) return { ...UNCOUNTED, model: arm.model, reason: 'experiment', arm };
  }
  return { ...UNCOUNTED, ...bySharesOf(compiled, place.position) };
}

function matches(match: AudienceMatch, facts: RequestFacts, userId: string): boolean {
  switch (match.kind) {
    case 'user_ids':
      return match.ids.has(userId);
    case 'user_prefix':
      return userId.startsWith(match.prefix);
    case 'segment':
      return facts.segment === match.segment;
    case 'created_after':
      return facts.createdAtMs !== null && facts.createdAtMs > match.atMs;
  }
}

/**
 * Who serves: the model itself, also to try it out; while its breaker is open or it is disabled, the first along its
 * fallbacks that may. Where nobody may, a failing model is better than none: itself, else the first that is enabled.
 */
function serverOf(model: Model, stable: Model, grounds: Required<Grounds>): Model | null {
  if (model.enabled && grounds.standingOf(model.id) !== 'open') return model;
  const standIns = standInsOf(model, stable, grounds.snapshot);
  const sound = standIns.find((one) => one.enabled && grounds.standingOf(one.id) === 'closed');
  return sound ?? [model, ...standIns].find((one) => one.enabled) ?? null;
}

/** Who takes over when `serving` fails before its first frame: the next that may, never one that had its turn. */
export function standbyOf(
  { serving, assigned, stable }: Pick<Assignment, 'serving' | 'assigned' | 'stable'>,
  { snapshot, standingOf = ALL_CLOSED }: Grounds,
): Model | null {
  if (stable === null || (serving === stable && serving.fallbackModelId === null)) return null;
  const mayTakeOver = (one: Model) => one.enabled && one !== assigned && standingOf(one.id) === 'closed';
  return standInsOf(serving, stable, snapshot).find(mayTakeOver) ?? null;
}

/** A model's fallback, that one's, and so on, then the route's stable; each once, the model itself never. */
function standInsOf(model: Model, stable: Model, snapshot: Snapshot): Model[] {
  const found: Model[] = [];
  let next = model.fallbackModelId === null ? undefined : snapshot.models.get(model.fallbackModelId);
  while (next && next !== model && !found.includes(next)) {
    found.push(next);
    next = next.fallbackModelId === null ? undefined : snapshot.models.get(next.fallbackModelId);
  }
  if (stable !== model && !found.includes(stable)) found.push(stable);
  return found;
}
