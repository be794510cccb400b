import type { AssignmentReason } from '../routing.ts';
import { groupAt } from './exposure.ts';

/** Why a conversation may not stay on the model that began it. */
export type PinBreak = 'disabled' | 'breaker' | 'aborted' | 'retired';

export interface PinFacts {
  readonly pinnedModelId: string;
  /** Models that the route gives users at present: its rules' and, while a rollout runs, the candidate. */
  readonly modelIds: ReadonlySet<string>;
  /** Of the route's newest rollout that was aborted; null where there is none. */
  readonly abortedModelId: string | null;
  readonly isEnabled: boolean;
  readonly isBreakerOpen: boolean;
}

/**
 * What breaks a pin, null while it holds. A broken one is not mended: the conversation goes on with the model that then
 * serves it, or it would change sides twice.
 */
export function pinBreakOf(facts: PinFacts): PinBreak | null {
  if (!facts.isEnabled) return 'disabled';
  if (!facts.modelIds.has(facts.pinnedModelId)) {
    return facts.pinnedModelId === facts.abortedModelId ? 'aborted' : 'retired';
  }
  return facts.isBreakerOpen ? 'breaker' : null;
}

/** What is known of a request when it is asked whose it is. */
export interface CountedRequest {
  readonly reason: AssignmentReason;
  readonly position: number;
  readonly assignedModelId: string;
  /** When the conversation began. */
  readonly beganAtMs: number;
}

export interface CountingEpoch {
  readonly steps: number;
  readonly beganAtMs: number;
  readonly stableModelId: string;
  readonly candidateModelId: string;
}

/** Reasons by which the shares decided; a pin goes back to one of the others. */
const BY_SHARE: ReadonlySet<AssignmentReason> = new Set<AssignmentReason>(['rollout', 'rule', 'pinned']);

/**
 * The group in whose figures a request counts, null for none. Where conversations stay together, one that began before
 * the epoch counts in neither group, however it is continued: the candidate has none so old, and stable's old ones
 * would be compared with its new ones. One that is pinned to another model than its position has now counts nowhere
 * either.
 */
export function countedGroup(
  request: CountedRequest,
  epoch: CountingEpoch,
  stickiness: 'user' | 'conversation',
): 'candidate' | 'control' | null {
  if (!BY_SHARE.has(request.reason)) return null;
  if (stickiness === 'conversation' && request.beganAtMs < epoch.beganAtMs) return null;
  const group = groupAt(request.position, epoch.steps);
  const modelId = group === 'candidate' ? epoch.candidateModelId : epoch.stableModelId;
  return request.assignedModelId === modelId ? group : null;
}
