import type { ExplainList, ExplainQuery, ExplainRequest, Explanation } from '../../contract/explain.ts';
import { notFound } from '../../contract/fault.ts';
import { placeOf } from '../../domain/bucket.ts';
import type { Pin } from '../../domain/pin.ts';
import { decide, type Grounds } from '../../domain/routing.ts';
import type { CompiledRoute } from '../../domain/snapshot.ts';
import type { ControlCore } from '../core.ts';

/** Where one user falls, and why, by the configuration in force and the breakers as they are. */
export function explainUser(core: ControlCore, id: string, query: ExplainQuery) {
  const where = whereIn(core, id);
  const { user_id: userId, session_id: sessionId, ...facts } = query;
  const pin = sessionId === undefined ? null : core.conversations().pinOf(userId, sessionId);
  return {
    route_id: id,
    config_version: where.snapshot.version,
    ...explain(userId, { ...facts, pin }, where),
  };
}

/** The same for up to 10,000 users at once: a few microseconds each. */
export function explainUsers(core: ControlCore, id: string, request: ExplainRequest): ExplainList {
  const where = whereIn(core, id);
  const { user_ids: userIds, ...facts } = request;
  const items = userIds.map((userId) => explain(userId, { ...facts, pin: null }, where));
  const counts = new Map<string, number>();
  for (const { assigned_model_id: model } of items) {
    if (model !== null) counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return { route_id: id, config_version: where.snapshot.version, counts: Object.fromEntries(counts), items };
}

/** By id only: an alias is no address of the admin API. */
function whereIn({ door, breakers }: ControlCore, id: string): Where {
  const snapshot = door.snapshot();
  const compiled = snapshot.routes.find(({ route }) => route.id === id);
  if (!compiled) throw notFound('route', id);
  const live = breakers();
  return { snapshot, compiled, standingOf: (modelId) => live.standingOf(modelId) };
}

interface Where extends Required<Grounds> {
  readonly compiled: CompiledRoute;
}

function explain(
  userId: string,
  facts: Omit<ExplainQuery, 'user_id' | 'session_id'> & { readonly pin: Pin | null },
  { compiled, ...grounds }: Where,
): Explanation {
  const place = placeOf(userId);
  const decision = decide(
    {
      overrideModelId: null,
      routeName: compiled.route.id,
      modelName: null,
      mayOverride: false,
      userId,
      segment: facts.segment ?? null,
      createdAtMs: facts.created_at === undefined ? null : Date.parse(facts.created_at),
      pin: facts.pin,
    },
    grounds,
  );
  const served = decision.kind === 'serve' ? decision : null;
  return {
    user_id: userId,
    ...place,
    assigned_model_id: served?.assigned.id ?? null,
    serving_model_id: served?.serving.id ?? null,
    reason: served?.reason ?? null,
    fallback: served?.fallback ?? null,
    rule: ruleAt(compiled, place.position),
    audience: served?.audience ?? null,
    experiment: served?.arm?.experimentId ?? null,
    arm: served?.arm?.name ?? null,
    pinned_model_id: facts.pin?.modelId ?? null,
    pin_broken: served?.pinBreak ?? null,
    refusal: decision.kind === 'refuse' ? decision.message : null,
  };
}

function ruleAt({ bounds }: CompiledRoute, position: number): Explanation['rule'] {
  const index = bounds.findIndex((bound) => position < bound.below);
  const bound = bounds[index];
  if (!bound) return null;
  const from = bounds[index - 1]?.below ?? 0;
  return { index, model_id: bound.model.id, from: from / 100, below: bound.below / 100 };
}
