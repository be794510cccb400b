import type { GateFinding, Reason } from './reason.ts';
import type { RolloutState, RolloutStatus } from './state.ts';

export type EventType =
  | 'started'
  | 'stage_entered'
  | 'stepped_back'
  | 'completed'
  | 'aborted'
  | 'cancelled'
  | 'retried'
  | 'held'
  | 'released'
  | 'approved'
  | 'warned'
  | 'restarted';

/** What a change writes: the new values of some fields. The version is counted by `evolve`. */
export interface Change {
  readonly type: EventType;
  readonly reason: Reason;
  readonly patch: Partial<Omit<RolloutState, 'version'>>;
  /** The gates as they stood, where they were looked at. */
  readonly evidence?: readonly GateFinding[];
}

/** The record of one change. Applied one after the other to a draft, events give the state again. */
export interface RolloutEvent extends Change {
  /** The state's version after it. */
  readonly version: number;
  readonly atMs: number;
  /** Name of the operator, or `sluice`. */
  readonly actor: string;
  readonly commandId: string | null;
  readonly from: { readonly status: RolloutStatus; readonly stage: number; readonly steps: number };
}

export type NoticeKind =
  | 'rollout_held'
  | 'rollout_awaits_approval'
  | 'rollout_aborted'
  | 'rollout_completed'
  | 'rollout_stage_entered'
  | 'rollout_warned';

/** What must be done besides keeping state and event; all of it may be done twice. */
export type RolloutEffect =
  /** A new snapshot, with so much of the route's users for the candidate. */
  | { readonly kind: 'expose'; readonly steps: number }
  /** The candidate becomes the route's stable model; the present one is kept for going back. */
  | { readonly kind: 'adopt'; readonly modelId: string; readonly previousModelId: string }
  /** Experiments stop exposing users to the model. */
  | { readonly kind: 'stop_arms'; readonly modelId: string }
  /** A message to people; one with a known key is not sent again. */
  | { readonly kind: 'notify'; readonly notice: NoticeKind; readonly key: string; readonly reason: Reason };

/** The state after an event. */
export function evolve(
  state: RolloutState,
  { version, patch }: Pick<RolloutEvent, 'version' | 'patch'>,
): RolloutState {
  return { ...state, ...patch, version };
}
