import { formatDuration } from '../../contract/duration.ts';
import type { RolloutAnswer } from '../../contract/rollout.ts';
import { toModel } from '../../contract/to-domain.ts';
import { warnOfPlan } from '../../domain/rollout/check-plan.ts';
import { notAdvancingBecause } from '../../domain/rollout/not-advancing.ts';
import { type Stage, stageAt } from '../../domain/rollout/plan.ts';
import type { Reason } from '../../domain/rollout/reason.ts';
import { blocksOf } from '../../domain/rollout/state.ts';
import { sayReason } from '../../domain/rollout/words.ts';
import type { ControlCore } from '../core.ts';
import type { ControlState } from '../state.ts';
import { gateFigures } from './gate-figures.ts';
import { planOf, type RolloutRecord, rolloutOf } from './record.ts';

type Answering = Pick<ControlCore, 'rolloutLooks'>;

/** A rollout with its plan, where it stands, and the one sentence that says why it is not going on. */
export function answerRollout(core: Answering, state: ControlState, id: string): RolloutAnswer {
  return standing(core, state, rolloutOf(state, id));
}

/** The same of all, without what would have to be counted. */
export function listRollouts(core: Answering, state: ControlState): RolloutAnswer[] {
  return Array.from(state.rollouts.values(), (record) => standing(core, state, record));
}

function standing({ rolloutLooks }: Answering, state: ControlState, record: RolloutRecord): RolloutAnswer {
  const { document, stableModelId, state: rollout } = record;
  const plan = planOf(record);
  const looked = rolloutLooks.get(document.id);
  const examined = looked?.epoch === rollout.epoch ? looked.examined : null;
  const because = notAdvancingBecause(plan, rollout, examined);
  const stage = rollout.status === 'active' ? stageAt(plan, rollout.stage) : null;
  return {
    ...document,
    stable_model_id: stableModelId,
    version: rollout.version,
    status: rollout.status,
    stage: rollout.stage,
    weight: rollout.steps / 100,
    attempt: rollout.attempt,
    blocks: blocksOf(rollout.blocks).flatMap((block) => {
      const held = rollout.blocks[block];
      return held ? [{ block, since: timeOf(held.sinceMs), said: said(held.reason) }] : [];
    }),
    not_advancing_because: because && sayReason(because).en,
    because: because && said(because),
    stage_since: stage && timeOf(rollout.stageAtMs),
    hold_left: stage && left(stage, 'holdMs', rollout.clock.holdMs),
    quiet_left: stage && left(stage, 'quietMs', rollout.clock.quietMs),
    gates: (examined?.findings ?? []).map(gateFigures),
    approved_by: rollout.approval?.by ?? null,
    ended: rollout.ended && {
      stage: rollout.ended.stage,
      at: timeOf(rollout.ended.atMs),
      said: said(rollout.ended.reason),
    },
    outlook: [],
    warnings: warningsOf(record, state),
  };
}

function warningsOf(record: RolloutRecord, { models }: ControlState): RolloutAnswer['warnings'] {
  const candidate = models.get(record.document.candidate_model_id)?.document;
  if (candidate === undefined) return [];
  return warnOfPlan(planOf(record), toModel(candidate, null)).map(({ path, message, messageZh }) => ({
    path,
    message,
    message_zh: messageZh,
  }));
}

function said(reason: Reason): RolloutAnswer['blocks'][number]['said'] {
  return { code: reason.code, ...sayReason(reason) };
}

function left(stage: Stage, of: 'holdMs' | 'quietMs', observedMs: number): string {
  return formatDuration(Math.max(0, Math.ceil((stage[of] - observedMs) / 1_000) * 1_000));
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
