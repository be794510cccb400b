import { judgeGate } from '../gate.ts';
import type { Reading } from './gate-evidence.ts';
import { type GateVerdict, worstOf } from './gate-reading.ts';
import type { Gate, Plan, Stage } from './plan.ts';
import { stageAt } from './plan.ts';
import type { GateFinding } from './reason.ts';
import type { RolloutState } from './state.ts';

/**
 * Chance that a candidate like stable is aborted or held by a test for harm, in all stages of one attempt together. Each
 * gate has its part: being stopped by any of many needs a correction for their number.
 */
const ALPHA_HARM = 0.01;

/** What a look has found. */
export interface Examined {
  readonly stage: Stage;
  /** Whether hold and quiet time are over. */
  readonly isDue: boolean;
  /** In the order of the stage's gates; null where nothing of the present epoch was read. */
  readonly findings: readonly GateFinding[] | null;
  /** Of all gates that may hold; null as above. */
  readonly verdict: GateVerdict | null;
}

export function examine(plan: Plan, state: RolloutState, reading: Reading): Examined {
  const stage = stageAt(plan, state.stage);
  const isDue = state.clock.holdMs >= stage.holdMs && state.clock.quietMs >= stage.quietMs;
  if (reading.status === 'failed' || reading.epoch !== state.epoch) {
    return { stage, isDue, findings: null, verdict: null };
  }
  const options = { isDue, alphaHarm: alphaHarmOf(plan) };
  const findings = stage.gates.map((gate, i) =>
    findingOf(gate, judgeGate(gate, reading.gates[i] ?? null, options)),
  );
  return { stage, isDue, findings, verdict: verdictOf(stage.gates, findings, reading.requests) };
}

export function alphaHarmOf({ stages }: Plan): number {
  const gates = stages.flatMap((stage) => stage.gates).filter((gate) => gate.onFail !== 'warn').length;
  return ALPHA_HARM / Math.max(1, gates);
}

function findingOf(gate: Gate, reading: ReturnType<typeof judgeGate>): GateFinding {
  const { metric, isVsStable, classes, op, limit, hardLimit } = gate;
  return { ...reading, metric, isVsStable, classes, op, limit, hardLimit };
}

/** Without a single request nothing has passed, whatever the gates ask for. */
function verdictOf(gates: readonly Gate[], findings: readonly GateFinding[], requests: number): GateVerdict {
  const counted = findings.map(({ verdict }, i): GateVerdict => {
    const gate = gates[i];
    if (gate?.onFail === 'warn') return 'pass';
    const isUnknown = verdict === 'no_data' || verdict === 'inconclusive';
    return isUnknown && gate?.onNoData === 'warn' ? 'pass' : verdict;
  });
  return worstOf([requests > 0 ? 'pass' : 'no_data', ...counted]);
}

/** The gate that the stage waits for, null when none does. */
export function worstFinding({ stage, findings }: Examined): GateFinding | null {
  const waiting = (findings ?? []).filter((finding, i) => {
    const gate = stage.gates[i];
    const isWaived = gate?.onNoData === 'warn' && finding.verdict !== 'fail' && finding.verdict !== 'error';
    return gate?.onFail !== 'warn' && !isWaived && finding.verdict !== 'pass';
  });
  const worst = worstOf(waiting.map(({ verdict }) => verdict));
  return waiting.find(({ verdict }) => verdict === worst) ?? null;
}

/** Looks in a row at which each gate failed. One from which no look comes back is as good as two. */
export function strikesAfter(strikes: readonly number[], { findings, stage }: Examined): readonly number[] {
  if (findings === null) return strikes;
  return stage.gates.map((_, i) => {
    const finding = findings[i];
    if (finding?.verdict !== 'fail') return 0;
    return finding.isFinal ? CONFIRMED : Math.min(CONFIRMED, (strikes[i] ?? 0) + 1);
  });
}

/** So many looks in a row confirm a failure. */
export const CONFIRMED = 2;
