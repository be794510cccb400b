import type { ExperimentMetric, MetricRole } from '../experiment.ts';
import type { MetricId } from '../metric.ts';
import type { Contrast } from '../stats/contrast.ts';
import { type HybridTest, readHybrid } from '../stats/hybrid.ts';
import type { StatsFailure } from '../stats/outcome.ts';
import { type Posterior, posteriorOf } from '../stats/posterior.ts';
import { sampleSize } from '../stats/power.ts';
import type { MetricEvidence } from './evidence.ts';
import { type GuardrailStatus, rareEventP, readGuardrail, struckUsers } from './guardrail.ts';
import { contrastMetric } from './metric-contrast.ts';
import { type Direction, directionOf, inferenceOf, scaleFor, targetOn } from './metric-inference.ts';
import type { ReadingPlan } from './reading-plan.ts';

/** Whether a target is reached or missed for sure, or still open. */
export type TargetStatus = 'reached' | 'missed' | 'open';

/** What is shown of a metric that can be compared. */
export interface ReadingNumbers {
  readonly control: number;
  readonly treatment: number;
  /** A difference in the metric's unit, or (log) ln of "times control". */
  readonly scale: 'absolute' | 'log';
  readonly est: number;
  readonly lo: number;
  readonly hi: number;
  /** 1 − confidence of the interval. */
  readonly alpha: number;
  readonly pSequential: number;
  /** Null before the end. */
  readonly pFixed: number | null;
  readonly users: number;
  /** Users of both arms that the target needs, null without one. */
  readonly usersNeeded: number | null;
  readonly posterior: Posterior | null;
}

interface Read {
  readonly metric: MetricId;
  readonly role: MetricRole;
  /** The arm that is held against the control. */
  readonly arm: string;
  /** Null for other roles. */
  readonly guardrail: GuardrailStatus | null;
  /** Since when it has been clear, where it was before the end. */
  readonly clearSinceMs: number | null;
}

export type MetricReading = Read &
  (
    | {
        readonly verdict: 'better' | 'worse' | 'no_difference_shown';
        readonly numbers: ReadingNumbers;
        readonly target: TargetStatus | null;
      }
    | { readonly verdict: 'not_enough_data'; readonly because: StatsFailure }
    /** A guardrail that the exact test alone could read. */
    | { readonly verdict: 'worse'; readonly because: 'rare_event'; readonly p: number }
    | { readonly verdict: 'invalid' }
  );

/** A difference that was clear at some look stays clear: what to keep between looks, by metric and arm. */
export interface Crossing {
  readonly metric: MetricId;
  readonly arm: string;
  readonly atMs: number;
  readonly verdict: 'better' | 'worse';
}

export interface ReadingInput {
  readonly spec: ExperimentMetric;
  readonly arm: { readonly index: number; readonly name: string };
  readonly evidence: MetricEvidence | undefined;
  readonly plan: ReadingPlan;
  readonly nowMs: number;
  readonly crossing: Crossing | null;
}

/** Reads one metric of one arm. Looking more often changes nothing: see `readHybrid`. */
export function readMetric(input: ReadingInput): MetricReading {
  const { spec, arm, evidence, plan } = input;
  const since = input.crossing?.atMs ?? null;
  const base = { metric: spec.metric, role: spec.role, arm: arm.name, clearSinceMs: since };
  const inference = inferenceOf(spec.metric);
  const direction = directionOf(spec);
  if (inference === null || direction === null) {
    return { ...base, guardrail: null, verdict: 'not_enough_data', because: 'invalid_input' };
  }
  const contrast = contrastMetric(evidence, {
    inference,
    scale: scaleFor(spec),
    arm: arm.index,
    strata: plan.strata,
  });
  const struck = struckUsers(evidence, { inference, arm: arm.index });
  const rare = rareEventP(struck);
  const wasHarmed = input.crossing?.verdict === 'worse';
  const guardrail = readGuardrail({ spec, plan, contrast, direction, struck, wasHarmed });
  const isHarmed = guardrail === 'harmed' || guardrail === 'harmed_within_margin';
  if (contrast.status !== 'ok') {
    return isHarmed && rare !== null
      ? {
          ...base,
          guardrail,
          verdict: 'worse',
          because: 'rare_event',
          p: rare,
          clearSinceMs: wasHarmed ? since : input.nowMs,
        }
      : { ...base, guardrail, verdict: 'not_enough_data', because: contrast.status };
  }
  const alphas = { alpha: plan.alpha / plan.comparisons, alphaEarly: plan.alphaEarly / plan.comparisons };
  const test = { ...alphas, plannedUsers: plan.plannedUsers, isFinal: plan.isFinal };
  const hybrid = readHybrid(contrast, test);
  if (hybrid.status !== 'ok') {
    return { ...base, guardrail, verdict: 'not_enough_data', because: hybrid.status };
  }
  const found = verdictOf({ hybrid, direction, crossing: input.crossing });
  return {
    ...base,
    guardrail,
    verdict: isHarmed ? 'worse' : found,
    numbers: numbersOf({ contrast, hybrid, input, direction }),
    target: targetStatus(input, contrast, direction),
    clearSinceMs: isHarmed && !wasHarmed ? input.nowMs : (since ?? (hybrid.rejectEarly ? input.nowMs : null)),
  };
}

function verdictOf({
  hybrid,
  direction,
  crossing,
}: {
  readonly hybrid: HybridTest;
  readonly direction: Direction;
  readonly crossing: Crossing | null;
}): 'better' | 'worse' | 'no_difference_shown' {
  if (crossing !== null) return crossing.verdict;
  if (!hybrid.reject) return 'no_difference_shown';
  return hybrid.est > 0 === (direction === 'higher') ? 'better' : 'worse';
}

function numbersOf({
  contrast,
  hybrid,
  input,
  direction,
}: {
  readonly contrast: Contrast;
  readonly hybrid: HybridTest;
  readonly input: ReadingInput;
  readonly direction: Direction;
}): ReadingNumbers {
  const { est, lo, hi, alphaUsed, pSequential, pFixed } = hybrid;
  const posterior = posteriorOf(contrast, { lowerIsBetter: direction === 'lower' });
  return {
    control: contrast.control,
    treatment: contrast.treatment,
    scale: scaleFor(input.spec),
    est,
    lo,
    hi,
    alpha: alphaUsed,
    pSequential,
    pFixed,
    users: contrast.n,
    usersNeeded: usersNeeded(contrast, input),
    posterior: posterior.status === 'ok' ? posterior : null,
  };
}

/** Users for the target at the spread seen so far: a variance of one user is that of the effect times the users. */
function usersNeeded(contrast: Contrast, { spec, plan }: ReadingInput): number | null {
  const effect = targetOn(spec);
  if (effect === null) return null;
  const size = sampleSize({
    effect,
    varControl: (contrast.se ** 2 * contrast.n) / 4,
    alpha: (plan.alpha - plan.alphaEarly) / plan.comparisons,
    power: plan.power,
  });
  return size.status === 'ok' ? size.total : null;
}

function targetStatus(
  { spec, plan }: ReadingInput,
  contrast: Contrast,
  direction: Direction,
): TargetStatus | null {
  const nullValue = targetOn(spec);
  if (nullValue === null) return null;
  const [towards, away] =
    direction === 'higher' ? (['greater', 'less'] as const) : (['less', 'greater'] as const);
  const asks = (alternative: 'greater' | 'less') => {
    const { alpha, alphaEarly, plannedUsers, isFinal } = plan;
    const read = readHybrid(contrast, { alpha, alphaEarly, plannedUsers, isFinal, nullValue, alternative });
    return read.status === 'ok' && read.reject;
  };
  if (asks(towards)) return 'reached';
  return asks(away) ? 'missed' : 'open';
}
