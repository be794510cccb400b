import { type Command, isUsable, type Moment } from './input.ts';
import type { Plan } from './plan.ts';
import { stageAt } from './plan.ts';
import type { Refusal } from './reason.ts';
import { type Block, type Blocks, blocksOf, newEpoch, type RolloutState, without } from './state.ts';
import type { Change } from './transition.ts';

export interface Asked {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly command: Command;
  readonly moment: Moment;
}
export type Answer = Change | Refusal | 'nothing_to_do';

/** What a command changes, or why it does not. */
export function obey(asked: Asked): Answer {
  const { command, state } = asked;
  switch (command.name) {
    case 'abort':
      return abort(asked);
    case 'pause':
      return needsActive(asked) ?? pause(asked);
    case 'cancel':
      if (state.status === 'cancelled') return 'nothing_to_do';
      return state.status === 'draft' ? (stale(asked) ?? cancel(asked)) : wrongStatus(asked);
    case 'start':
      return state.status === 'draft' ? (stale(asked) ?? begin(asked, 'started', 0)) : wrongStatus(asked);
    case 'retry':
      return state.status === 'aborted' ? (staleVersion(asked) ?? retry(asked)) : wrongStatus(asked);
    case 'resume':
      return needsActive(asked) ?? stale(asked) ?? resume(asked);
    case 'approve':
      return needsActive(asked) ?? stale(asked) ?? approve(asked);
    case 'promote':
      return needsActive(asked) ?? stale(asked) ?? mayPromote(asked) ?? promote(asked);
    case 'promote-full':
      return needsActive(asked) ?? stale(asked) ?? mayPromote(asked) ?? promoteFull(asked);
    case 'step-back':
      return needsActive(asked) ?? stale(asked) ?? stepBack(asked);
  }
}

function wrongStatus({ command, state }: Asked): Refusal {
  return { code: 'wrong_status', status: state.status, command: command.name };
}

function needsActive(asked: Asked): Refusal | null {
  return asked.state.status === 'active' ? null : wrongStatus(asked);
}

function staleVersion({ command, state }: Asked): Refusal | null {
  const { expectedVersion: expected } = command;
  return expected === state.version ? null : { code: 'stale_version', expected, version: state.version };
}

/** Only what was seen is acted upon: stage and version. */
function stale(asked: Asked): Refusal | null {
  const { command, state } = asked;
  const version = staleVersion(asked);
  if (version !== null || command.stage === state.stage) return version;
  return { code: 'stale_stage', expected: command.stage, stage: state.stage };
}

/** Works in every active state, whatever is pending and whatever page it comes from. */
function abort(asked: Asked): Answer {
  const { state, command, moment } = asked;
  if (state.status === 'aborted') return 'nothing_to_do';
  if (state.status !== 'active') return wrongStatus(asked);
  const { by, text } = command;
  return end(state, moment.nowMs, { code: 'aborted', by, text });
}

export function end(
  state: RolloutState,
  nowMs: number,
  reason: Change['reason'],
  status: 'aborted' | 'completed' = 'aborted',
): Change {
  const ended = { stage: state.stage, atMs: nowMs, reason };
  const steps = status === 'aborted' ? 0 : 10_000;
  return {
    type: status,
    reason,
    patch: { status, steps, ended, blocks: {}, failed: [], dueAbort: null, approval: null },
  };
}

function cancel({ command: { by, text }, state, moment }: Asked): Change {
  const reason = { code: 'cancelled', by, text } as const;
  const ended = { stage: state.stage, atMs: moment.nowMs, reason };
  return { type: 'cancelled', reason, patch: { status: 'cancelled', ended } };
}

function pause({ command: { by, text }, state, moment }: Asked): Answer {
  if (state.blocks.operator_pause) return 'nothing_to_do';
  const reason = { code: 'paused', by, text } as const;
  return {
    type: 'held',
    reason,
    patch: { blocks: holding(state.blocks, ['operator_pause'], reason, moment) },
  };
}

export function holding(
  blocks: Blocks,
  added: readonly Block[],
  reason: Change['reason'],
  { nowMs: sinceMs }: Pick<Moment, 'nowMs'>,
): Blocks {
  return { ...blocks, ...Object.fromEntries(added.map((block) => [block, { sinceMs, reason }])) };
}

/** What an operator lifts; breakers, the route and metrics come back by themselves. */
const RESUMABLE: readonly Block[] = ['operator_pause', 'gate_failed', 'srm', 'no_data', 'inconclusive'];

/** After a failed gate the stage begins anew; after a pause only its quiet time does. */
function resume({ command: { by, text }, state, moment }: Asked): Answer {
  const lifted = blocksOf(state.blocks).filter((block) => RESUMABLE.includes(block));
  if (lifted.length === 0) return { code: 'nothing_to_resume' };
  const blocks = without(state.blocks, lifted);
  const isDoubted = lifted.includes('gate_failed') || lifted.includes('srm');
  const patch = isDoubted
    ? { ...newEpoch(state, moment.nowMs), blocks: without(blocks, ['awaiting_approval']) }
    : { blocks, clock: { ...state.clock, quietMs: 0, waitedMs: 0 } };
  return { type: 'released', reason: { code: 'resumed', by, text }, patch };
}

/** The last gate of a stage: there is nothing to approve before all others have passed. */
function approve({ command: { by, text }, state, moment }: Asked): Answer {
  if (state.approval !== null) return 'nothing_to_do';
  if (state.blocks.awaiting_approval === undefined) return { code: 'not_all_passed' };
  return {
    type: 'approved',
    reason: { code: 'approved', by, text },
    patch: { approval: { by, atMs: moment.nowMs }, blocks: without(state.blocks, ['awaiting_approval']) },
  };
}

/** Blocks that nobody passes by, and those that only `force` does. */
const FIRM: readonly Block[] = ['operator_pause', 'route_disabled', 'breaker_candidate'];
const FORCEABLE: readonly Block[] = ['breaker_stable', 'gate_failed', 'srm', 'metrics_error'];

function mayPromote({ plan, state, command, moment: { world } }: Asked): Refusal | null {
  const modelId = plan.candidateModelId;
  if (command.force && !command.mayForce) return { code: 'force_not_allowed' };
  if (!world.candidate.isEnabled) return { code: 'model_disabled', modelId };
  if (world.candidate.breaker !== 'CLOSED') return { code: 'breaker_open', modelId };
  const held = blocksOf(state.blocks);
  const firm = held.find((block) => FIRM.includes(block));
  if (firm !== undefined) return { code: 'held', block: firm };
  if (!world.route.isEnabled) return { code: 'route_disabled' };
  const weighty = held.find((block) => FORCEABLE.includes(block));
  const isStableDown = !isUsable(world.stable);
  if (command.force || (weighty === undefined && !isStableDown)) return null;
  return { code: 'needs_force', block: weighty ?? 'breaker_stable' };
}

function promote(asked: Asked): Answer {
  const { plan, state, command, moment } = asked;
  const { by, text } = command;
  const next = state.stage + 1;
  const accepted = blocksOf(state.blocks);
  if (next >= plan.stages.length) return promoteFull(asked);
  const { steps } = stageAt(plan, next);
  const reason = { code: 'promoted', by, text, stage: next, steps, accepted } as const;
  return enter(asked.state, next, { plan, nowMs: moment.nowMs, reason });
}

function promoteFull({ state, command: { by, text }, moment }: Asked): Change {
  return end(state, moment.nowMs, { code: 'promoted_full', by, text }, 'completed');
}

export function enter(
  state: RolloutState,
  stage: number,
  how: { readonly plan: Plan; readonly nowMs: number; readonly reason: Change['reason'] },
): Change {
  const { plan, nowMs, reason } = how;
  const { steps } = stageAt(plan, stage);
  const type = stage < state.stage ? 'stepped_back' : 'stage_entered';
  return { type, reason, patch: { ...newEpoch(state, nowMs), stage, steps, stageAtMs: nowMs } };
}

/** Shrinks the share, so nothing keeps it from being done; who paused stays paused. */
function stepBack({ plan, state, command: { by, text }, moment }: Asked): Answer {
  const stage = state.stage - 1;
  if (stage < 0) return { code: 'first_stage' };
  const { steps } = stageAt(plan, stage);
  const reason = { code: 'stepped_back', by, text, stage, steps } as const;
  return enter(state, stage, { plan, nowMs: moment.nowMs, reason });
}

function retry(asked: Asked): Answer {
  const { state, command } = asked;
  const [stage, last] = [command.stage ?? 0, state.ended?.stage ?? 0];
  return stage < 0 || stage > last ? { code: 'no_such_stage', stage, last } : begin(asked, 'retried', stage);
}

function begin(asked: Asked, code: 'started' | 'retried', stage: number): Answer {
  const { plan, state, command, moment } = asked;
  const { world, nowMs } = moment;
  const { candidate, stable, route } = world;
  for (const [model, modelId] of [
    [candidate, plan.candidateModelId],
    [stable, plan.stableModelId],
  ] as const) {
    if (!model.isEnabled) return { code: 'model_disabled', modelId };
    if (model.breaker !== 'CLOSED') return { code: 'breaker_open', modelId };
  }
  if (!route.isEnabled) return { code: 'route_disabled' };
  if (!route.isIntact) return { code: 'route_not_stable' };
  if (route.isTaken) return { code: 'route_taken' };
  const { steps } = stageAt(plan, stage);
  return {
    type: code,
    reason: { code, by: command.by, text: command.text, stage, steps },
    patch: {
      ...newEpoch(state, nowMs),
      status: 'active',
      attempt: state.attempt + 1,
      stage,
      steps,
      stageAtMs: nowMs,
      blocks: {},
      openings: 0,
      incident: candidate.incident,
      ended: null,
      clock: { ...newEpoch(state, nowMs).clock, tickedAtMs: null },
    },
  };
}
