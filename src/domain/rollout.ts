import { type Answer, holding, obey } from './rollout/command.ts';
import { credited } from './rollout/credit.ts';
import { effectsOf } from './rollout/effects.ts';
import { type Examined, examine, strikesAfter } from './rollout/examine.ts';
import { followWorld, restartFor } from './rollout/follow-world.ts';
import type { Reading } from './rollout/gate-evidence.ts';
import type { Moment, RolloutInput } from './rollout/input.ts';
import { followLook } from './rollout/look.ts';
import type { Plan } from './rollout/plan.ts';
import type { Refusal } from './rollout/reason.ts';
import { MAX_COMMAND_IDS, type RolloutState } from './rollout/state.ts';
import { type Change, evolve, type RolloutEffect, type RolloutEvent } from './rollout/transition.ts';

/** What an input did. */
export type Step =
  | {
      readonly kind: 'done';
      readonly state: RolloutState;
      /** Null where only clocks have moved, or nothing: the version is then the same. */
      readonly event: RolloutEvent | null;
      /** To be done once state and event are kept together, under the version and the lease that the input saw. */
      readonly effects: readonly RolloutEffect[];
      /** What a tick has found; null for other inputs. */
      readonly examined: Examined | null;
    }
  /** Changes nothing. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Without a look for so many ticks a rollout is stuck. */
const STUCK_TICKS = 3;

/**
 * One step of a rollout. Pure and total: the same plan, state, input and moment give the same step. At most one event
 * comes of it, the weightiest; what else there is comes with the next tick.
 */
export function stepRollout(plan: Plan, state: RolloutState, input: RolloutInput, moment: Moment): Step {
  const { fence } = moment;
  if (fence < state.fence) {
    return { kind: 'refused', refusal: { code: 'not_leader', fence, newest: state.fence } };
  }
  const led = fence === state.fence ? state : { ...state, fence };
  if (input.kind === 'command') {
    const { commandId, by } = input;
    if (commandId !== null && state.commandIds.includes(commandId)) return done(led);
    const answer = obey({ plan, state: led, command: input, moment });
    if (isRefusal(answer)) return { kind: 'refused', refusal: answer };
    return answer === 'nothing_to_do'
      ? done(led)
      : record(answer, { plan, state: led, moment, actor: by, commandId });
  }
  if (state.status !== 'active') return done(led);
  const watched = { plan, state: led, moment };
  switch (input.kind) {
    case 'tick':
      return tick(plan, led, input.reading, moment);
    case 'world':
      return record(followWorld(watched), watched);
    case 'model_edited': {
      const isMeant = [plan.stableModelId, plan.candidateModelId].includes(input.modelId);
      return record(isMeant ? restartFor(input.modelId, watched) : null, watched);
    }
    case 'watch':
      return record(stuck(led, moment), watched);
  }
}

function tick(plan: Plan, before: RolloutState, reading: Reading, moment: Moment): Step {
  const timed = { ...before, clock: credited(before, moment, reading) };
  const examined = examine(plan, timed, reading);
  const strikes = strikesAfter(timed.clock.strikes, examined);
  const state = { ...timed, clock: { ...timed.clock, strikes } };
  const watched = { plan, state, moment };
  const change = followWorld(watched) ?? followLook({ ...watched, reading, examined });
  const step = record(change, watched);
  return step.kind === 'done' ? { ...step, examined } : step;
}

function stuck(state: RolloutState, moment: Moment): Change | null {
  const silentMs = moment.nowMs - (state.clock.tickedAtMs ?? state.stageAtMs);
  if (state.blocks.stuck || silentMs <= STUCK_TICKS * moment.tickMs) return null;
  const reason = { code: 'stuck', silentMs } as const;
  return { type: 'held', reason, patch: { blocks: holding(state.blocks, ['stuck'], reason, moment) } };
}

function done(state: RolloutState): Step {
  return { kind: 'done', state, event: null, effects: [], examined: null };
}

function isRefusal(answer: Answer): answer is Refusal {
  return answer !== 'nothing_to_do' && 'code' in answer;
}

interface Recording {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly moment: Moment;
  readonly actor?: string;
  readonly commandId?: string | null;
}

/** A change becomes an event that carries every field it wrote, clock and lease included. */
function record(change: Change | null, recording: Recording): Step {
  const { plan, state, moment, actor = 'sluice', commandId = null } = recording;
  if (change === null) return done(state);
  const { status, stage, steps, clock, fence } = state;
  const commandIds =
    commandId === null ? state.commandIds : [...state.commandIds, commandId].slice(-MAX_COMMAND_IDS);
  const event: RolloutEvent = {
    ...change,
    patch: { clock, fence, commandIds, ...change.patch },
    version: state.version + 1,
    atMs: moment.nowMs,
    actor,
    commandId,
    from: { status, stage, steps },
  };
  const after = evolve(state, event);
  return { kind: 'done', state: after, event, effects: effectsOf(plan, state, after, event), examined: null };
}
