import { inferenceOf } from './experiment/metric-inference.ts';
import type { GateEvidence } from './rollout/gate-evidence.ts';
import { type GateReading, type Judged, UNREAD } from './rollout/gate-reading.ts';
import { judgeAmount } from './rollout/judge-amount.ts';
import { judgeShare } from './rollout/judge-share.ts';
import { judgeVersus } from './rollout/judge-versus.ts';
import { isWithin } from './rollout/limit.ts';
import type { Gate } from './rollout/plan.ts';

export interface JudgeOptions {
  /** Whether hold and quiet time are over: only then a value decides. Before, only harm does. */
  readonly isDue: boolean;
  /** Level of the test for harm, which is looked at all the time: the gate's part of the rollout's. */
  readonly alphaHarm: number;
}

/**
 * How a gate stands. To go on needs one look at the end of hold and quiet time; to stop may happen at any look, because
 * the tests for harm are valid at all looks together. Too few samples neither pass nor fail.
 */
export function judgeGate(gate: Gate, evidence: GateEvidence | null, options: JudgeOptions): GateReading {
  const errors = evidence?.kind === 'ratio' ? evidence.errors : null;
  return { ...judge(gate, evidence, options), needed: gate.minSamples, errors };
}

function judge(gate: Gate, evidence: GateEvidence | null, options: JudgeOptions): Judged {
  if (evidence === null) return { ...UNREAD, verdict: 'error' };
  if (gate.isVsStable) return judgeVersus(gate, evidence, options);
  if (evidence.kind !== 'ratio') return { ...UNREAD, verdict: 'error' };
  if (gate.metric === 'error_count') return judgeCount(gate, evidence.candidate.sums);
  const inference = inferenceOf(gate.metric);
  if (inference === null) return { ...UNREAD, verdict: 'error' };
  const isShare = inference.kind === 'quantile' || inference.isShare;
  return isShare ? judgeShare(gate, evidence, options) : judgeAmount(gate, evidence.candidate.sums, options);
}

/** Failures never become fewer: beyond the limit one look is enough, however few samples there are. */
function judgeCount(gate: Gate, { mSum, dSum }: { readonly mSum: number; readonly dSum: number }): Judged {
  const read = { ...UNREAD, value: mSum, samples: dSum };
  if (!isWithin(mSum, gate)) return { ...read, verdict: 'fail', isFinal: true, failedBy: 'limit' };
  return { ...read, verdict: dSum < gate.minSamples ? 'no_data' : 'pass' };
}
