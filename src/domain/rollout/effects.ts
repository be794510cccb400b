import type { Plan } from './plan.ts';
import type { RolloutState } from './state.ts';
import { blocksOf } from './state.ts';
import type { NoticeKind, RolloutEffect, RolloutEvent } from './transition.ts';

/** What follows from an event: read off what it changed, so that no rule can forget it. */
export function effectsOf(
  plan: Plan,
  before: RolloutState,
  after: RolloutState,
  event: RolloutEvent,
): RolloutEffect[] {
  const effects: RolloutEffect[] = [];
  const { candidateModelId: modelId, stableModelId: previousModelId } = plan;
  const isEnding = after.status !== before.status;
  if (isEnding && after.status === 'completed') effects.push({ kind: 'adopt', modelId, previousModelId });
  else if (after.steps !== before.steps) effects.push({ kind: 'expose', steps: after.steps });
  if (isEnding && after.status === 'aborted') effects.push({ kind: 'stop_arms', modelId });
  const notice = noticeOf(before, after, event);
  if (notice !== null) {
    const about = event.type === 'held' ? newBlocks(before, after).join('+') : after.failed.join('+');
    const key = `${plan.id}:${after.attempt}:${after.epoch}:${notice}:${about}`;
    effects.push({ kind: 'notify', notice, key, reason: event.reason });
  }
  return effects;
}

function noticeOf(before: RolloutState, after: RolloutState, event: RolloutEvent): NoticeKind | null {
  switch (event.type) {
    case 'aborted':
      return 'rollout_aborted';
    case 'completed':
      return 'rollout_completed';
    case 'stage_entered':
      return 'rollout_stage_entered';
    case 'warned':
      return 'rollout_warned';
    case 'held': {
      const [block] = newBlocks(before, after);
      if (block === undefined || block === 'operator_pause') return null; // who paused it knows
      return block === 'awaiting_approval' ? 'rollout_awaits_approval' : 'rollout_held';
    }
    default:
      return null;
  }
}

function newBlocks(before: RolloutState, after: RolloutState) {
  return blocksOf(after.blocks).filter((block) => before.blocks[block] === undefined);
}
