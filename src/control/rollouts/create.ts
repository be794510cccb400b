import { AdminFault, fieldsFault } from '../../contract/fault.ts';
import type { RolloutInput } from '../../contract/rollout-plan.ts';
import { completeRollout, limitFormFaults } from '../../contract/rollout-plan.ts';
import { checkPlan } from '../../domain/rollout/check-plan.ts';
import { DRAFT } from '../../domain/rollout/state.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import type { ControlState } from '../state.ts';
import { answerRollout } from './answer.ts';
import { planOf, type RolloutRecord } from './record.ts';

/** Rollouts that are kept, drafts and ended ones included; each is a few kilobytes in memory. */
const MAX_ROLLOUTS = 10_000;

/** Makes a draft. Nothing changes for users before it is started. */
export function createRollout(core: ControlCore, caller: Caller, input: RolloutInput) {
  const { id } = input;
  return core.door.change(caller, {
    action: 'rollouts.create',
    resource: `rollouts/${id}`,
    plan(state) {
      const record = draftOf(input, state);
      if (core.ownership.managedBy(`routes/${input.route_id}`) !== null) {
        const message = `route "${input.route_id}" is owned by the configuration file, which would undo the rollout at the next start; take it out of the file`;
        throw new AdminFault('owned_by_file', message, [{ path: 'route_id', message }]);
      }
      return { rollouts: new Map([[id, record]]), audited: record.document };
    },
    answer: ({ state }) => ({ ...answerRollout(core, state, id), config_version: state.version }),
  });
}

function draftOf(input: RolloutInput, state: ControlState): RolloutRecord {
  const { id, route_id: routeId, candidate_model_id: candidateId } = input;
  if (state.rollouts.has(id)) {
    const message = `rollout "${id}" exists already; its events are kept, so give this one another id`;
    throw new AdminFault('clash', message, [{ path: 'id', message }]);
  }
  if (state.rollouts.size >= MAX_ROLLOUTS) {
    throw new AdminFault('busy', `${MAX_ROLLOUTS} rollouts are kept already; no more fit`);
  }
  const route = state.routes.get(routeId)?.document;
  const missing = [
    ...(route ? [] : [{ path: 'route_id', message: `there is no route "${routeId}"` }]),
    ...(state.models.has(candidateId)
      ? []
      : [{ path: 'candidate_model_id', message: `there is no model "${candidateId}"` }]),
  ];
  const errors = [...missing, ...limitFormFaults(input)];
  if (errors.length > 0 || route === undefined) throw fieldsFault(errors);
  const record = { document: completeRollout(input), stableModelId: route.stable_model_id, state: DRAFT };
  const faults = checkPlan(planOf(record));
  if (faults.length > 0) throw fieldsFault(faults);
  return record;
}
