import type { Reading } from '../../domain/rollout/gate-evidence.ts';
import type { RolloutInput } from '../../domain/rollout/input.ts';
import { stageAt } from '../../domain/rollout/plan.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { planOf, type RolloutRecord } from './record.ts';
import { type Stepped, stepOf } from './step.ts';

const SLUICE: Caller = {
  principal: { credentialId: 'sluice', name: 'sluice', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** One look at a rollout: counts, decides, and keeps what came of it in one commit. */
export async function lookAt(core: ControlCore, id: string): Promise<void> {
  const record = core.door.state().rollouts.get(id);
  if (record?.state.status !== 'active') return;
  const route = core.door.state().routes.get(record.document.route_id)?.document;
  const reading = await readGates(core.metrics(), record, route?.stickiness === 'conversation');
  const step = await stepBySluice(core, id, { kind: 'tick', reading });
  if (step.state.status !== 'active') core.rolloutLooks.delete(id);
  else if (step.examined !== null)
    core.rolloutLooks.set(id, { epoch: step.state.epoch, examined: step.examined });
}

/** A step that nobody asked for. The one that is looked at may have changed meanwhile: the rules know what is stale. */
export async function stepBySluice(
  core: ControlCore,
  id: string,
  input: RolloutInput,
): Promise<Stepped['step']> {
  let stepped: Stepped['step'] | null = null;
  return core.door.change(SLUICE, {
    action: 'rollouts.changed',
    resource: `rollouts/${id}`,
    plan(state) {
      const { step, edits } = stepOf(core, state, { id, input });
      stepped = step;
      return edits;
    },
    answer() {
      if (stepped === null) throw new Error('answered before it was planned');
      return stepped;
    },
  });
}

function readGates(metrics: MetricSource, record: RolloutRecord, isSticky: boolean): Promise<Reading> {
  const { document, state, stableModelId } = record;
  const { stage, steps, epoch, epochAtMs } = state;
  return metrics.read({
    rolloutId: document.id,
    stableModelId,
    candidateModelId: document.candidate_model_id,
    stage,
    steps,
    epoch,
    epochAtMs,
    isSticky,
    gates: stageAt(planOf(record), stage).gates,
  });
}
