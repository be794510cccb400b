import { type Examined, worstFinding } from './examine.ts';
import type { Plan } from './plan.ts';
import { stageAt } from './plan.ts';
import type { Reason } from './reason.ts';
import { blocksOf, type RolloutState } from './state.ts';

/**
 * Why an active rollout is not going on at this moment; null for one that is not active. The weightiest block, else what
 * is left of quiet and hold time, else the gate that is waited for.
 */
export function notAdvancingBecause(
  plan: Plan,
  state: RolloutState,
  examined: Pick<Examined, 'findings' | 'verdict' | 'stage' | 'isDue'> | null,
): Reason | null {
  if (state.status !== 'active') return null;
  if (state.dueAbort !== null && state.blocks.breaker_stable) {
    return { code: 'abort_waits', modelId: plan.stableModelId };
  }
  const [block] = blocksOf(state.blocks);
  const held = block === undefined ? undefined : state.blocks[block];
  if (held !== undefined) return held.reason;
  const { holdMs, quietMs } = stageAt(plan, state.stage);
  const [holdLeftMs, quietLeftMs] = [holdMs - state.clock.holdMs, quietMs - state.clock.quietMs];
  if (quietLeftMs > 0 && quietLeftMs >= holdLeftMs) return { code: 'quiet', leftMs: quietLeftMs };
  if (holdLeftMs > 0) return { code: 'holding', leftMs: holdLeftMs };
  if (examined === null || examined.verdict === 'pass') return { code: 'deciding' };
  const code = examined.verdict === 'no_data' || examined.verdict === null ? 'collecting' : 'undecided';
  return { code, gate: worstFinding(examined), waitedMs: state.clock.waitedMs };
}
