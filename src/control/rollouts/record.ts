import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../contract/fault.ts';
import { type RolloutDocument, toPlan } from '../../contract/rollout-plan.ts';
import type { Exposure } from '../../domain/config.ts';
import type { Examined } from '../../domain/rollout/examine.ts';
import type { Plan } from '../../domain/rollout/plan.ts';
import type { RolloutState } from '../../domain/rollout/state.ts';
import type { StoredRollout } from '../../ports/config-store.ts';

/** A rollout in memory; replaced whole by each change. */
export interface RolloutRecord {
  readonly document: RolloutDocument;
  /** The route's stable model; of a draft it follows the route, from the start on it is fixed. */
  readonly stableModelId: string;
  readonly state: RolloutState;
}

/** What a look at it has found, for people who ask meanwhile. */
export interface RolloutLook {
  readonly epoch: number;
  readonly examined: Examined;
}

type Rollouts = ReadonlyMap<string, RolloutRecord>;
/** What of the control state shares of users depend on. */
interface Sharing {
  readonly rollouts: Rollouts;
  readonly models: ReadonlyMap<string, unknown>;
  readonly routes: ReadonlyMap<string, unknown>;
}

export function rolloutOf({ rollouts }: { readonly rollouts: Rollouts }, id: string): RolloutRecord {
  const found = rollouts.get(id);
  if (!found) throw notFound('rollout', id);
  return found;
}

export function planOf({ document, stableModelId }: RolloutRecord): Plan {
  return toPlan(document, stableModelId);
}

/** The active rollout of a route; null where there is none. */
export function activeOn(
  { rollouts }: { readonly rollouts: Rollouts },
  routeId: string,
): RolloutRecord | null {
  for (const record of rollouts.values()) {
    if (record.state.status === 'active' && record.document.route_id === routeId) return record;
  }
  return null;
}

/** What active rollouts do to their routes. One whose route or candidate is gone does nothing; its next look ends it. */
export function exposuresOf({ rollouts, models, routes }: Sharing): Exposure[] {
  return [...rollouts.values()].flatMap(({ document, state }) => {
    const { id, route_id, candidate_model_id } = document;
    if (state.status !== 'active' || !routes.has(route_id) || !models.has(candidate_model_id)) return [];
    const { stage, steps } = state;
    return [{ rolloutId: id, routeId: route_id, candidateModelId: candidate_model_id, stage, steps }];
  });
}

/** Whether users see the same of the rollouts in both. */
export function hasSameShares(a: Sharing, b: Sharing): boolean {
  return a.rollouts === b.rollouts || isDeepStrictEqual(exposuresOf(a), exposuresOf(b));
}

export function toRolloutRecord({ document, state }: StoredRollout): RolloutRecord {
  const { stable_model_id: stableModelId, ...written } = document as KeptDocument; // as it was written
  return { document: written, stableModelId, state: state as RolloutState };
}

export function toStoredRollout({ document, stableModelId, state }: RolloutRecord): StoredRollout {
  const kept: KeptDocument = { ...document, stable_model_id: stableModelId };
  return { id: document.id, document: kept, state };
}

type KeptDocument = RolloutDocument & { readonly stable_model_id: string };
