import { isUsable, type Moment, type RolloutInput } from '../../src/domain/rollout/input.ts';
import { notAdvancingBecause } from '../../src/domain/rollout/not-advancing.ts';
import { type Plan, type Stage, stageAt } from '../../src/domain/rollout/plan.ts';
import { blocksOf, type RolloutState } from '../../src/domain/rollout/state.ts';
import type { RolloutEvent } from '../../src/domain/rollout/transition.ts';
import { sayReason } from '../../src/domain/rollout/words.ts';
import type { Step } from '../../src/domain/rollout.ts';
import type { Traffic } from './rollout-scene.ts';

/** What the metrics may say: figures, nothing that can be read, or figures of an epoch that is over. */
export type Offered = Traffic | 'failed' | 'late';

/** Said here again, so that a change of it is noticed: of a silence no more than two ticks count. */
export const MOST_CREDIT_MS = 20_000;

/** A step that was not refused, with all that it came from. */
export interface Done {
  readonly plan: Plan;
  readonly before: RolloutState;
  readonly step: Extract<Step, { kind: 'done' }>;
  readonly input: RolloutInput;
  readonly moment: Moment;
  /** Of a tick: what the metrics said. */
  readonly mood: Offered | undefined;
}

/** What is so in every state. */
export function standingFault(plan: Plan, state: RolloutState): string | null {
  const { status, steps } = state;
  if (status === 'active' && steps !== stageAt(plan, state.stage).steps)
    return 'R8: exposure is not the stage’s';
  if (status === 'completed' && steps !== 10_000) return 'R5: completed below 100 %';
  if (status !== 'active' && status !== 'completed' && steps !== 0) return `R5: ${status} with users`;
  if (status !== 'active' && blocksOf(state.blocks).length > 0) return `blocks while ${status}`;
  const because = notAdvancingBecause(plan, state, null);
  if ((because === null) !== (status !== 'active')) return 'an active rollout says nothing';
  return because !== null && sayReason(because).en === '' ? 'an empty sentence' : null;
}

/** What a step did to the share of users. */
export function exposureFault({ before, step: { state, effects }, input }: Done): string | null {
  const causes = ['start', 'retry', 'promote', 'promote-full'];
  const mayRise = input.kind === 'tick' || (input.kind === 'command' && causes.includes(input.name));
  if (state.steps > before.steps && !mayRise) return `R1: exposure rose through ${input.kind}`;
  if (state.steps > before.steps && before.blocks.operator_pause) return 'R4: exposure rose while paused';
  if (state.steps !== before.steps && state.status !== 'completed') {
    if (!effects.some((effect) => effect.kind === 'expose' && effect.steps === state.steps))
      return 'a share that nobody publishes';
  }
  if (before.status === 'completed' && state.status !== 'completed') return 'R6: completed was left';
  const isRetry = input.kind === 'command' && input.name === 'retry';
  if (before.status === 'aborted' && state.status !== 'aborted' && !isRetry) return 'R6: aborted was left';
  return null;
}

/** What nobody asked for. */
export function automaticFault(
  { plan, before, step, moment, mood, input }: Done,
  event: RolloutEvent,
): string | null {
  if (input.kind === 'command') return null;
  const { state } = step;
  const { code } = event.reason;
  const isLook = input.kind === 'tick' || input.kind === 'world';
  if (isLook && !moment.world.candidate.isEnabled && state.status === 'active')
    return 'R7: a killed model goes on';
  if (state.status === 'aborted') {
    const isForced = code === 'killed' || code === 'route_edited';
    if (!isForced && !isUsable(moment.world.stable))
      return `R20: ${code} sent users to a stable that is down`;
    const isJudged = code === 'gate_failed' && before.dueAbort === null;
    if (isJudged && mood !== 'bad' && mood !== 'close') return `R16: aborted on ${mood}`;
  }
  if (state.stage === before.stage && state.status !== 'completed') return null;
  const stage = stageAt(plan, before.stage);
  if (state.status !== 'completed' && state.stage !== before.stage + 1) return 'R2: a stage was left out';
  if (mood === undefined || !isEnough(stage, mood)) return `R16, R3: went on on ${mood}`;
  if (blocksOf(before.blocks).length > 0) return `R3: went on while ${blocksOf(before.blocks).join()}`;
  if (event.patch.clock?.holdMs === undefined) return 'an event without a clock';
  const { holdMs, quietMs } = before.clock;
  if (holdMs + MOST_CREDIT_MS < stage.holdMs || quietMs + MOST_CREDIT_MS < stage.quietMs)
    return 'R3: too early';
  if (stage.needsApproval && before.approval === null) return 'R3: went on without approval';
  const latched = before.failed.some((i) => stage.gates[i]?.onFail !== 'warn');
  return latched ? 'R15: went on after a failed gate' : null;
}

/** Whether a stage may be passed on such figures. */
function isEnough({ gates, steps }: Stage, mood: Offered): boolean {
  const awaited = gates.filter(({ onFail, onNoData }) => onFail !== 'warn' && onNoData !== 'warn');
  switch (mood) {
    case 'good':
    case 'sour':
      return true;
    case 'few':
      return awaited.every(({ minSamples }) => minSamples <= 3);
    case 'close':
      return awaited.every(({ metric, mode }) => metric !== 'error_count' && mode === 'point');
    case 'skewed':
      return steps === 10_000;
    default:
      return false;
  }
}
