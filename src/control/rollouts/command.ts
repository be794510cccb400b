import type { RolloutCommand, RolloutStop } from '../../contract/rollout.ts';
import { allows } from '../../domain/access.ts';
import type { Command, CommandName } from '../../domain/rollout/input.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import type { ControlState } from '../state.ts';
import { answerRollout } from './answer.ts';
import { rolloutOf } from './record.ts';
import { stepOf } from './step.ts';

export interface CommandRollout {
  readonly id: string;
  readonly name: CommandName;
  readonly body: RolloutCommand | RolloutStop;
  readonly ifMatch: number | null;
}

/** Carries out what an operator asks for; in force when it is answered. The same `command_id` twice is done once. */
export function commandRollout(
  core: ControlCore,
  caller: Caller,
  { id, name, body, ifMatch }: CommandRollout,
) {
  const input = commandOf(name, body, caller);
  return core.door.change(caller, {
    action: `rollouts.${name}`,
    resource: `rollouts/${id}`,
    plan(state) {
      const present = rolloutOf(state, id);
      const isRepeated = input.commandId !== null && present.state.commandIds.includes(input.commandId);
      if (!isRepeated) checkExpected({ ifMatch }, { id, version: present.state.version });
      return stepOf(core, followingRoute(state, id, name), { id, input }).edits;
    },
    answer: ({ state }) => ({ ...answerRollout(core, state, id), config_version: state.version }),
  });
}

function commandOf(name: CommandName, body: CommandRollout['body'], { principal }: Caller): Command {
  return {
    kind: 'command',
    name,
    by: principal.name,
    text: body.reason ?? '',
    stage: body.stage ?? null,
    expectedVersion: body.expected_version ?? null,
    force: body.force ?? false,
    mayForce: allows(principal.role, 'admin'),
    commandId: body.command_id ?? null,
  };
}

/** The route's stable model may have changed since the draft was made: what is started goes back to the present one. */
function followingRoute(state: ControlState, id: string, name: CommandName): ControlState {
  const record = rolloutOf(state, id);
  const stableModelId = state.routes.get(record.document.route_id)?.document.stable_model_id;
  if (name !== 'start' || record.state.status !== 'draft' || stableModelId === undefined) return state;
  return { ...state, rollouts: new Map([...state.rollouts, [id, { ...record, stableModelId }]]) };
}
