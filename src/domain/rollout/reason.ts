import type { ErrorClass } from '../error-class.ts';
import type { MetricId } from '../metric.ts';
import type { GateReading } from './gate-reading.ts';
import type { Comparison } from './plan.ts';

/** A gate with how it stands: enough for its sentence, without the plan. */
export interface GateFinding extends GateReading {
  readonly metric: MetricId;
  readonly isVsStable: boolean;
  readonly classes: readonly ErrorClass[] | null;
  readonly op: Comparison;
  readonly limit: number;
  readonly hardLimit: number | null;
}

/** What an operator did, and why. */
interface Asked {
  readonly by: string;
  readonly text: string;
}
interface Share {
  /** Counted from 0. */
  readonly stage: number;
  readonly steps: number;
}

/** Why a rollout changed, or does not: a code and its figures. `sayReason` makes a sentence of it in both languages. */
export type Reason =
  | (Asked & Share & { readonly code: 'started' | 'retried' | 'stepped_back' })
  | (Asked & Share & { readonly code: 'promoted'; readonly accepted: readonly string[] })
  | (Asked & { readonly code: 'promoted_full' | 'paused' | 'resumed' | 'approved' | 'aborted' | 'cancelled' })
  | (Share & { readonly code: 'stage_passed' })
  | { readonly code: 'completed' | 'route_edited' | 'route_disabled' | 'route_enabled' | 'ticking' }
  | { readonly code: 'killed' | 'model_edited'; readonly modelId: string }
  | {
      readonly code: 'breaker_opened' | 'breaker_again' | 'breaker_closed' | 'stable_down' | 'stable_back';
      readonly modelId: string;
    }
  | { readonly code: 'gate_failed' | 'gate_warned'; readonly gate: GateFinding }
  /** An abort that would send users to a stable model which is down. */
  | { readonly code: 'abort_waits'; readonly modelId: string }
  | {
      readonly code: 'no_data' | 'inconclusive' | 'collecting' | 'undecided';
      readonly gate: GateFinding | null;
      readonly waitedMs: number;
    }
  | { readonly code: 'evidence_back' | 'metrics_back' }
  | { readonly code: 'metrics_failed'; readonly detail: string }
  | { readonly code: 'srm'; readonly candidate: number; readonly control: number; readonly both: number }
  | { readonly code: 'awaiting_approval'; readonly stage: number }
  | { readonly code: 'stuck'; readonly silentMs: number }
  | { readonly code: 'holding' | 'quiet'; readonly leftMs: number }
  | { readonly code: 'deciding' };

/** Why something asked for is not done. */
export type Refusal =
  | { readonly code: 'not_leader'; readonly fence: number; readonly newest: number }
  | { readonly code: 'stale_version'; readonly expected: number | null; readonly version: number }
  | { readonly code: 'stale_stage'; readonly expected: number | null; readonly stage: number }
  | { readonly code: 'wrong_status'; readonly status: string; readonly command: string }
  | { readonly code: 'held'; readonly block: string }
  | { readonly code: 'needs_force'; readonly block: string }
  | { readonly code: 'force_not_allowed' | 'nothing_to_resume' | 'first_stage' | 'not_all_passed' }
  | { readonly code: 'model_disabled' | 'breaker_open'; readonly modelId: string }
  | { readonly code: 'route_disabled' | 'route_not_stable' | 'route_taken' }
  | { readonly code: 'no_such_stage'; readonly stage: number; readonly last: number };
