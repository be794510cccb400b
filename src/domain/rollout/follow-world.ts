import { end, holding } from './command.ts';
import { isUsable, type Moment } from './input.ts';
import type { Plan } from './plan.ts';
import { newEpoch, type RolloutState, without } from './state.ts';
import type { Change } from './transition.ts';

export interface Watched {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly moment: Moment;
}

/** The weightiest thing that the world has done to an active rollout and that it has not followed yet; null for none. */
export function followWorld(watched: Watched): Change | null {
  return (
    killed(watched) ??
    routeEdited(watched) ??
    candidateBreaker(watched) ??
    stableModel(watched) ??
    dueAbort(watched) ??
    routeSwitch(watched)
  );
}

function killed({ plan, state, moment }: Watched): Change | null {
  if (moment.world.candidate.isEnabled) return null;
  return end(state, moment.nowMs, { code: 'killed', modelId: plan.candidateModelId });
}

/** The API refuses it while a rollout is active; a configuration file applied at start does not ask. */
function routeEdited({ state, moment }: Watched): Change | null {
  return moment.world.route.isIntact ? null : end(state, moment.nowMs, { code: 'route_edited' });
}

/** Opened once, it holds; opened again, it is the end, unless stable cannot take the users back. */
function candidateBreaker(watched: Watched): Change | null {
  const { plan, state, moment } = watched;
  const { breaker, incident } = moment.world.candidate;
  const modelId = plan.candidateModelId;
  const isShut = breaker !== 'CLOSED';
  if (incident > state.incident) {
    const openings = state.openings + 1;
    const seen = { openings, incident };
    const isAgain = openings > 1;
    const reason = { code: isAgain ? 'breaker_again' : 'breaker_opened', modelId } as const;
    if (isAgain && isUsable(moment.world.stable)) {
      const change = end(state, moment.nowMs, reason);
      return { ...change, patch: { ...change.patch, ...seen } };
    }
    const dueAbort = isAgain ? (state.dueAbort ?? reason) : state.dueAbort;
    // One that is closed again already is let go by the next look.
    const blocks = holding(state.blocks, ['breaker_candidate'], reason, moment);
    return { type: 'held', reason, patch: { ...seen, dueAbort, blocks } };
  }
  const held = state.blocks.breaker_candidate;
  if (isShut && held === undefined) {
    const reason = { code: 'breaker_opened', modelId } as const;
    const blocks = holding(state.blocks, ['breaker_candidate'], reason, moment);
    return { type: 'held', reason, patch: { blocks } };
  }
  if (isShut || held === undefined) return null;
  return recovered(watched);
}

/** What was observed before is of a model that failed: the stage begins anew. */
function recovered({ plan, state, moment }: Watched): Change {
  const patch = restart(state, moment.nowMs);
  return {
    type: 'released',
    reason: { code: 'breaker_closed', modelId: plan.candidateModelId },
    patch: { ...patch, blocks: without(patch.blocks, ['breaker_candidate']) },
  };
}

/** A model of the plan is another one now: what was observed says nothing of it. */
export function restartFor(modelId: string, { state, moment }: Watched): Change {
  return {
    type: 'restarted',
    reason: { code: 'model_edited', modelId },
    patch: restart(state, moment.nowMs),
  };
}

/** A new epoch that nobody asked for lifts nothing that an operator must lift. */
function restart(state: RolloutState, nowMs: number) {
  const { failed, dueAbort, blocks } = state;
  const { gate_failed, srm } = blocks;
  const epoch = newEpoch(state, nowMs);
  const kept = { ...epoch.blocks, ...(gate_failed && { gate_failed }), ...(srm && { srm }) };
  return { ...epoch, failed, dueAbort, blocks: kept };
}

/** While stable is down nothing goes back to it by itself. */
function stableModel({ plan, state, moment }: Watched): Change | null {
  const isDown = !isUsable(moment.world.stable);
  const isHeld = state.blocks.breaker_stable !== undefined;
  if (isDown === isHeld) return null;
  const modelId = plan.stableModelId;
  if (isDown) {
    const reason = { code: 'stable_down', modelId } as const;
    return {
      type: 'held',
      reason,
      patch: { blocks: holding(state.blocks, ['breaker_stable'], reason, moment) },
    };
  }
  return {
    type: 'released',
    reason: { code: 'stable_back', modelId },
    patch: { blocks: without(state.blocks, ['breaker_stable']), clock: { ...state.clock, quietMs: 0 } },
  };
}

function dueAbort({ state, moment }: Watched): Change | null {
  if (state.dueAbort === null || !isUsable(moment.world.stable)) return null;
  return end(state, moment.nowMs, state.dueAbort);
}

/** A disabled route pauses the rollout; enabling it gives the shares back and resumes nothing. */
function routeSwitch({ state, moment }: Watched): Change | null {
  const isDisabled = !moment.world.route.isEnabled;
  const isHeld = state.blocks.route_disabled !== undefined;
  if (isDisabled === isHeld) return null;
  if (isDisabled) {
    const reason = { code: 'route_disabled' } as const;
    const added = state.blocks.operator_pause
      ? (['route_disabled'] as const)
      : (['route_disabled', 'operator_pause'] as const);
    return { type: 'held', reason, patch: { blocks: holding(state.blocks, added, reason, moment) } };
  }
  return {
    type: 'released',
    reason: { code: 'route_enabled' },
    patch: { blocks: without(state.blocks, ['route_disabled']) },
  };
}
