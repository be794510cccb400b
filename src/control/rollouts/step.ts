import { AdminFault, type AdminFaultCode } from '../../contract/fault.ts';
import type { RouteDocument } from '../../contract/route.ts';
import type { RolloutInput, World } from '../../domain/rollout/input.ts';
import type { Refusal } from '../../domain/rollout/reason.ts';
import { sayRefusal } from '../../domain/rollout/refusal-words.ts';
import type { RolloutEvent } from '../../domain/rollout/transition.ts';
import { sayReason } from '../../domain/rollout/words.ts';
import { type Step, stepRollout } from '../../domain/rollout.ts';
import type { Breakers } from '../../ports/breakers.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Edits } from '../edits.ts';
import { withoutModel } from '../experiments/struck.ts';
import type { ControlState } from '../state.ts';
import { planOf, type RolloutRecord, rolloutOf } from './record.ts';
import { worldOf } from './world.ts';

/** What a step needs of the control plane. */
export interface SteppingCore {
  readonly clock: Clock;
  readonly breakers: () => Pick<Breakers, 'reports'>;
  /** Token of this process's lease. */
  readonly fence: number;
  /** How often rollouts are looked at. */
  readonly rolloutTickMs: number;
}

export interface Stepped {
  readonly step: Extract<Step, { readonly kind: 'done' }>;
  readonly edits: Edits;
}

/** What an input does to a rollout, as edits of the control state. Throws AdminFault where it is refused. */
export function stepOf(
  core: SteppingCore,
  state: ControlState,
  { id, input }: { readonly id: string; readonly input: RolloutInput },
): Stepped {
  const record = rolloutOf(state, id);
  const plan = planOf(record);
  let world: World | null = null;
  const step = stepRollout(plan, record.state, input, {
    nowMs: core.clock.nowMs(),
    fence: core.fence,
    tickMs: core.rolloutTickMs,
    /** Only where it is asked for: a file that edits models is applied before there are breakers. */
    get world() {
      world ??= worldOf(plan, state, core.breakers());
      return world;
    },
  });
  if (step.kind === 'refused') throw faultOf(step.refusal);
  return { step, edits: editsOf(record, step, state) };
}

function editsOf(record: RolloutRecord, step: Stepped['step'], state: ControlState): Edits {
  const { event } = step;
  const { id } = record.document;
  if (step.state === record.state) return { audited: event };
  return {
    rollouts: new Map([[id, { ...record, state: step.state }]]),
    ...consequences(record, step, state),
    ...(event !== null && { rolloutEvents: [{ rolloutId: id, event }] }),
    audited: event && auditOf(event, step.state),
  };
}

/**
 * What else the same commit changes: a candidate that passed becomes the route's stable model, which the route's older
 * version takes back; one that was aborted leaves its experiments.
 */
function consequences(
  { document }: RolloutRecord,
  { effects, state: after }: Stepped['step'],
  state: ControlState,
) {
  const edits: { -readonly [K in 'routes' | 'experiments']?: Edits[K] } = {};
  for (const effect of effects) {
    if (effect.kind === 'adopt') edits.routes = adoption(document, effect.modelId, state);
    if (effect.kind === 'stop_arms') {
      const at = new Date(after.ended?.atMs ?? 0).toISOString();
      edits.experiments = withoutModel(state, effect.modelId, at);
    }
  }
  return edits;
}

function adoption({ id, route_id }: RolloutRecord['document'], modelId: string, { routes }: ControlState) {
  const route = routes.get(route_id)?.document;
  if (route === undefined) return new Map<string, RouteDocument>();
  const rules = [{ model_id: modelId, weight: 100, description: `rollout ${id}` }];
  return new Map<string, RouteDocument>([[route_id, { ...route, stable_model_id: modelId, rules }]]);
}

function auditOf({ type, reason, version }: RolloutEvent, { status, stage, steps }: Stood): object {
  return { type, version, status, stage, weight: steps / 100, because: sayReason(reason).en };
}
type Stood = Stepped['step']['state'];

const CODES: Readonly<Partial<Record<Refusal['code'], AdminFaultCode>>> = {
  force_not_allowed: 'forbidden',
  no_such_stage: 'invalid',
  not_leader: 'busy',
};

function faultOf(refusal: Refusal): AdminFault {
  return new AdminFault(CODES[refusal.code] ?? 'conflict', sayRefusal(refusal).en);
}
