import type { Edits } from '../edits.ts';
import { changedFields } from '../experiments/struck.ts';
import type { ControlState } from '../state.ts';
import type { RolloutRecord } from './record.ts';
import { type SteppingCore, stepOf } from './step.ts';

/**
 * What an edit of models does to active rollouts of them: what was observed is of another model, so that the stage begins
 * anew.
 */
export function rolloutsRestarted(
  core: SteppingCore,
  before: ControlState,
  after: ControlState,
): Pick<Edits, 'rollouts' | 'rolloutEvents'> {
  if (before.models === after.models) return {};
  const rollouts = new Map<string, RolloutRecord>();
  const rolloutEvents: NonNullable<Edits['rolloutEvents']>[number][] = [];
  for (const [id, record] of after.rollouts) {
    if (record.state.status !== 'active') continue;
    const modelId = [record.document.candidate_model_id, record.stableModelId].find((one) =>
      isEdited(one, before, after),
    );
    if (modelId === undefined) continue;
    const { edits } = stepOf(core, after, { id, input: { kind: 'model_edited', modelId } });
    for (const [changed, to] of edits.rollouts ?? []) rollouts.set(changed, to);
    rolloutEvents.push(...(edits.rolloutEvents ?? []));
  }
  return rollouts.size === 0 ? {} : { rollouts, rolloutEvents };
}

function isEdited(modelId: string, before: ControlState, after: ControlState): boolean {
  const [old, now] = [before.models.get(modelId), after.models.get(modelId)];
  if (old === undefined || now === undefined || old === now) return false;
  return changedFields(old.document, now.document).length > 0;
}
