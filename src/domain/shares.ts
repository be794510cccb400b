import type { Model } from './config.ts';
import { isIn } from './rollout/exposure.ts';
import type { CompiledRollout, CompiledRoute } from './snapshot.ts';

/** Whom a position belongs to, and in whose figures it counts. */
export interface Share {
  readonly model: Model;
  readonly reason: 'rollout' | 'rule';
  readonly rollout: CompiledRollout | null;
}

/** The model that a route gives to a position on the 0–9999 scale, by its written rules. */
export function modelAt(compiled: CompiledRoute, position: number): Model {
  for (const bound of compiled.bounds) if (position < bound.below) return bound.model;
  return compiled.stable;
}

/** The last positions are the candidate's while a rollout is active, all others the written rules'. */
export function bySharesOf(compiled: CompiledRoute, position: number): Share {
  const { rollout } = compiled;
  if (rollout !== null && isIn(rollout.exposed, position)) {
    return { model: rollout.candidate, reason: 'rollout', rollout };
  }
  const model = modelAt(compiled, position);
  return { model, reason: 'rule', rollout: countedIn(compiled, position, model) };
}

/** The rollout in whose figures a user counts: among the candidate's, or in its control group with stable. */
export function countedIn(
  { rollout, stable }: CompiledRoute,
  position: number,
  model: Model,
): CompiledRollout | null {
  if (rollout === null) return null;
  if (model === rollout.candidate) return isIn(rollout.exposed, position) ? rollout : null;
  return model === stable && isIn(rollout.control, position) ? rollout : null;
}
