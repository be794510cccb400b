import type { MetricEvidence } from '../experiment/evidence.ts';
import { contrastMetric } from '../experiment/metric-contrast.ts';
import { type Inference, inferenceOf } from '../experiment/metric-inference.ts';
import { testAnyTime } from '../stats/always-valid.ts';
import type { Contrast } from '../stats/contrast.ts';
import { betaQuantile } from '../stats/distributions.ts';
import type { Outcome } from '../stats/outcome.ts';
import { testRareEvent } from '../stats/rare-event.ts';
import type { GateEvidence, RatioEvidence } from './gate-evidence.ts';
import { type Judged, UNREAD } from './gate-reading.ts';
import { ALPHA_BOUND } from './judge-share.ts';
import { alternativesOf, isWithin } from './limit.ts';
import type { Gate } from './plan.ts';

/** A metric of the candidate as so many times that of the control group in the same minutes. */
export function judgeVersus(
  gate: Gate,
  evidence: GateEvidence,
  { isDue, alphaHarm }: { readonly isDue: boolean; readonly alphaHarm: number },
): Judged {
  const inference = inferenceOf(gate.metric);
  const found = inference === null ? null : figuresOf(evidence);
  if (inference === null || found === null) return { ...UNREAD, verdict: 'error' };
  const { value, control, samples } = found;
  const read = { ...UNREAD, value, control, samples };
  if (value === null) return read;
  const keeps = isWithin(value, gate);
  const contrast = contrastOf(evidence, inference);
  if (!keeps && isHarmed(gate, { evidence, inference, contrast, alphaHarm })) {
    return { ...read, verdict: 'fail', failedBy: 'harm' };
  }
  if (samples < gate.minSamples) return read;
  if (gate.mode === 'confident') return { ...read, ...safety(gate, { evidence, inference, contrast }) };
  if (keeps) return { ...read, verdict: 'pass' };
  return isDue ? { ...read, verdict: 'fail', failedBy: 'limit' } : { ...read, verdict: 'inconclusive' };
}

interface Figures {
  /** Candidate ÷ control; null while one of them has nothing. */
  readonly value: number | null;
  readonly control: number | null;
  /** Of the group that has fewer. */
  readonly samples: number;
}

function figuresOf(evidence: GateEvidence): Figures | null {
  if (evidence.kind === 'quantile') {
    const { candidate, control } = evidence;
    const samples = Math.min(candidate.requests, control.requests);
    const [a, b] = [control.estimate, candidate.estimate];
    if (a.status !== 'ok' || b.status !== 'ok') return { value: null, control: null, samples };
    return { value: timesStable(b.est, a.est), control: a.est, samples };
  }
  if (evidence.control === null) return null;
  const [a, b] = [evidence.control.sums, evidence.candidate.sums];
  const samples = Math.min(a.dSum, b.dSum);
  if (samples === 0) return { value: null, control: null, samples };
  const control = a.mSum / a.dSum;
  return { value: timesStable(b.mSum / b.dSum, control), control, samples };
}

/** Nothing against nothing is the same. */
function timesStable(candidate: number, control: number): number {
  return candidate === control ? 1 : candidate / control;
}

function contrastOf(evidence: GateEvidence, inference: Inference): Outcome<Contrast> {
  return contrastMetric(asMeasured(evidence), { inference, scale: 'log', arm: 1, strata: null });
}

/** As an experiment of two arms has it. */
function asMeasured(evidence: GateEvidence): MetricEvidence | undefined {
  if (evidence.kind === 'quantile') return { kind: 'quantile', arms: [evidence.control, evidence.candidate] };
  if (evidence.control === null) return undefined;
  return { kind: 'ratio', strata: [{ name: 'unknown', arms: [evidence.control, evidence.candidate] }] };
}

interface Compared {
  readonly evidence: GateEvidence;
  readonly inference: Inference;
  readonly contrast: Outcome<Contrast>;
}

/**
 * Whether the candidate is worse than the limit for sure: by its variance, and where events strike users by the exact
 * test, which speaks from the first event on. Each detector has its part of alpha, whatever it happens to show.
 */
function isHarmed(gate: Gate, compared: Compared & { readonly alphaHarm: number }): boolean {
  const { evidence, inference, contrast, alphaHarm } = compared;
  const counts = rareCounts(gate, evidence, inference);
  const alpha = counts === null ? alphaHarm : alphaHarm / 2;
  if (counts !== null) {
    const rare = testRareEvent(counts, { ratio: gate.limit });
    if (rare.status === 'ok' && rare.p < alpha) return true;
  }
  if (contrast.status !== 'ok') return false;
  const { bad: alternative } = alternativesOf(gate);
  const test = testAnyTime(contrast, { alpha, alternative, nullValue: Math.log(gate.limit) });
  return test.status === 'ok' && test.p < alpha;
}

/** Whether the candidate is within the limit for sure. */
function safety(gate: Gate, compared: Compared): Pick<Judged, 'verdict' | 'bound'> {
  const { evidence, inference, contrast } = compared;
  if (contrast.status === 'ok') {
    const { good: alternative } = alternativesOf(gate);
    const test = testAnyTime(contrast, {
      alpha: ALPHA_BOUND,
      alternative,
      nullValue: Math.log(gate.limit),
    });
    if (test.status !== 'ok') return { verdict: 'inconclusive', bound: null };
    const bound = Math.exp(alternative === 'less' ? test.hi : test.lo);
    return { verdict: test.p < ALPHA_BOUND ? 'pass' : 'inconclusive', bound };
  }
  const counts = rareCounts(gate, evidence, inference);
  if (counts === null) return { verdict: 'inconclusive', bound: null };
  const bound = rareBound(counts);
  const isNothing = counts.treatment.withEvent === 0 && counts.control.withEvent === 0;
  return { verdict: isNothing || isWithin(bound, gate) ? 'pass' : 'inconclusive', bound };
}

type RareCounts = Parameters<typeof testRareEvent>[0];

/** Users with a bad event, where fewer of them are wanted and both groups count them. */
function rareCounts(gate: Gate, evidence: GateEvidence, inference: Inference): RareCounts | null {
  if (evidence.kind !== 'ratio' || inference.kind !== 'ratio' || !inference.hasEvents) return null;
  if (alternativesOf(gate).good !== 'less') return null;
  const [control, treatment] = [eventsOf(evidence.control), eventsOf(evidence.candidate)];
  return control === null || treatment === null ? null : { control, treatment };
}

function eventsOf(cell: RatioEvidence['control']): RareCounts['control'] | null {
  if (cell === null || cell.usersWithEvent === null) return null;
  return { users: cell.sums.n, withEvent: cell.usersWithEvent };
}

/**
 * The largest "times stable" that few events still allow: given how many users were struck, the candidate's part of them
 * is binomial, so its Clopper–Pearson bound s gives s ÷ (1 − s) × n_A ÷ n_B.
 */
function rareBound({ control, treatment }: RareCounts): number {
  if (control.withEvent === 0) return Number.POSITIVE_INFINITY;
  const share = betaQuantile(1 - ALPHA_BOUND, treatment.withEvent + 1, control.withEvent);
  return ((share / (1 - share)) * control.users) / treatment.users;
}
