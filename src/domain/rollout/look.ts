import { gatherRatioEvidence, SAMPLE_RATIO_ALARM } from '../stats/sample-ratio.ts';
import { end, enter, holding } from './command.ts';
import { MOST_READ_ERRORS } from './credit.ts';
import { CONFIRMED, type Examined, worstFinding } from './examine.ts';
import { controlRange } from './exposure.ts';
import type { Watched } from './follow-world.ts';
import type { Reading, UserCounts } from './gate-evidence.ts';
import { isUsable } from './input.ts';
import { stageAt } from './plan.ts';
import type { Reason } from './reason.ts';
import { type Block, blocksOf, without } from './state.ts';
import type { Change } from './transition.ts';

export interface Look extends Watched {
  readonly reading: Reading;
  readonly examined: Examined;
}

/** The weightiest thing that follows from a look: protection first, going on last; null for none. */
export function followLook(look: Look): Change | null {
  const change =
    isTicking(look) ??
    failedGate(look) ??
    readable(look) ??
    sampleRatio(look) ??
    waiting(look) ??
    approvalGone(look) ??
    goOn(look);
  return change && { ...change, evidence: look.examined.findings ?? [] };
}

function hold(look: Look, block: Block, reason: Reason, gone: readonly Block[] = []): Change {
  const blocks = holding(without(look.state.blocks, gone), [block], reason, look.moment);
  return { type: 'held', reason, patch: { blocks } };
}

function release({ state }: Look, gone: readonly Block[], reason: Reason): Change {
  return { type: 'released', reason, patch: { blocks: without(state.blocks, gone) } };
}

function isTicking(look: Look): Change | null {
  return look.state.blocks.stuck ? release(look, ['stuck'], { code: 'ticking' }) : null;
}

/** A gate whose failure is confirmed, once: from then on it is latched. Runs in every active state, paused ones included. */
function failedGate(look: Look): Change | null {
  const { state, examined, moment } = look;
  const { stage, findings } = examined;
  const fresh = stage.gates.flatMap((gate, i) => {
    const gateFinding = findings?.[i];
    const isConfirmed = (state.clock.strikes[i] ?? 0) >= CONFIRMED && !state.failed.includes(i);
    return gateFinding && isConfirmed ? [{ gate, i, finding: gateFinding }] : [];
  });
  const isAborting = ({ gate, finding }: (typeof fresh)[number]) =>
    gate.onFail === 'abort' || (finding.failedBy === 'hard_limit' && gate.onFail !== 'warn');
  const worst = fresh.find(isAborting) ?? fresh.find(({ gate }) => gate.onFail === 'hold') ?? fresh[0];
  if (worst === undefined) return null;
  const failed = [...state.failed, worst.i];
  if (worst.gate.onFail === 'warn') {
    return { type: 'warned', reason: { code: 'gate_warned', gate: worst.finding }, patch: { failed } };
  }
  const reason = { code: 'gate_failed', gate: worst.finding } as const;
  if (isAborting(worst) && isUsable(moment.world.stable)) return end(state, moment.nowMs, reason);
  const held = hold(look, 'gate_failed', reason);
  const dueAbort = isAborting(worst) ? (state.dueAbort ?? reason) : state.dueAbort;
  return { ...held, patch: { ...held.patch, failed, dueAbort } };
}

/** No reading is no verdict: it holds, and neither passes nor fails. */
function readable(look: Look): Change | null {
  const { state, reading } = look;
  const isHeld = state.blocks.metrics_error !== undefined;
  if (reading.status === 'ok') {
    return isHeld ? release(look, ['metrics_error'], { code: 'metrics_back' }) : null;
  }
  if (isHeld || state.clock.readErrors <= MOST_READ_ERRORS) return null;
  return hold(look, 'metrics_error', { code: 'metrics_failed', detail: reading.detail });
}

/** Of both groups' users more than this share in both, and the groups are none. */
const MOST_IN_BOTH = 0.01;
const MIN_IN_BOTH = 10;

/** Candidate and control group must have as many users as they have positions, or no comparison of them is worth anything. */
function sampleRatio(look: Look): Change | null {
  const { state, reading } = look;
  if (state.blocks.srm || reading.status !== 'ok' || reading.users === null) return null;
  if (reading.epoch !== state.epoch || !isMismatch(reading.users, state.steps)) return null;
  const { candidate, control, both } = reading.users;
  return hold(look, 'srm', { code: 'srm', candidate, control, both });
}

function isMismatch({ candidate, control, both }: UserCounts, steps: number): boolean {
  const { from, below } = controlRange(steps);
  if (both >= MIN_IN_BOTH && both > MOST_IN_BOTH * (candidate + control)) return true;
  const test = gatherRatioEvidence([[candidate, control]], [steps, below - from]);
  return test.status === 'ok' && test.p < SAMPLE_RATIO_ALARM.evidence;
}

/** Evidence that does not come, or does not decide, is told once the stage has waited long enough for it. */
function waiting(look: Look): Change | null {
  const { state, examined } = look;
  const { verdict, stage } = examined;
  const present = (['no_data', 'inconclusive'] as const).find((block) => state.blocks[block] !== undefined);
  if (verdict === 'pass') {
    return present === undefined ? null : release(look, [present], { code: 'evidence_back' });
  }
  if (verdict !== 'no_data' && verdict !== 'inconclusive') return null;
  const { waitedMs } = state.clock;
  if (verdict === present || waitedMs < stage.maxWaitMs) return null;
  const reason = { code: verdict, gate: worstFinding(examined), waitedMs } as const;
  return hold(look, verdict, reason, present === undefined ? [] : [present]);
}

/** What was ready for approval may have ceased to be. */
function approvalGone(look: Look): Change | null {
  const { verdict, isDue } = look.examined;
  if (look.state.blocks.awaiting_approval === undefined || verdict === null) return null;
  if (verdict === 'pass' && isDue) return null;
  const { waitedMs } = look.state.clock;
  const reason = { code: 'collecting', gate: worstFinding(look.examined), waitedMs } as const;
  return release(look, ['awaiting_approval'], reason);
}

/** One stage, or to the end: only when all has passed and nothing holds. */
function goOn(look: Look): Change | null {
  const { plan, state, examined, moment } = look;
  if (!examined.isDue || examined.verdict !== 'pass' || blocksOf(state.blocks).length > 0) return null;
  if (examined.stage.needsApproval && state.approval === null) {
    return hold(look, 'awaiting_approval', { code: 'awaiting_approval', stage: state.stage });
  }
  const next = state.stage + 1;
  if (next >= plan.stages.length) return end(state, moment.nowMs, { code: 'completed' }, 'completed');
  const { steps } = stageAt(plan, next);
  const reason = { code: 'stage_passed', stage: next, steps } as const;
  return enter(state, next, { plan, nowMs: moment.nowMs, reason });
}
