import { POSITIONS } from '../bucket.ts';
import type { Experiment, ExperimentMetric } from '../experiment.ts';
import { METRICS, type MetricId } from '../metric.ts';
import type { Estimate } from '../stats/estimate.ts';
import { failed, type Outcome, ok } from '../stats/outcome.ts';
import { type Design, sampleSize, smallestEffect } from '../stats/power.ts';
import { directionOf, scaleFor, targetOn } from './metric-inference.ts';
import { type DecisionRule, planReading } from './reading-plan.ts';
import { differenceText, FAILURE_WORDS, type Said, timesText } from './words.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface PlanInput {
  readonly experiment: Pick<Experiment, 'arms' | 'metrics' | 'strata' | 'durationMs'>;
  readonly rule: DecisionRule;
  /** Each metric's present figure on the route, by user. */
  readonly baselines: ReadonlyMap<MetricId, Estimate>;
  /** Users whom the route sees for the first time in the experiment, a day. */
  readonly usersPerDay: number;
}

export interface MetricNumbers {
  readonly scale: 'absolute' | 'log';
  /** The target, or the margin of a guardrail, on that scale; null where there is neither. */
  readonly effect: number | null;
  /** Users of the control and of the arm beside it; null without an effect. */
  readonly users: { readonly control: number; readonly treatment: number } | null;
  /** At the present traffic; null without an effect. */
  readonly days: number | null;
  /** The smallest difference that shows by the planned end. */
  readonly smallestEffect: number;
  /** Whether the planned time is enough; null without an effect. */
  readonly isEnough: boolean | null;
}

export interface MetricPlan {
  readonly metric: MetricId;
  readonly role: ExperimentMetric['role'];
  readonly plan: Outcome<MetricNumbers>;
  readonly said: Said;
}

export interface ExperimentPlan {
  readonly metrics: readonly MetricPlan[];
  /** Of both arms by the planned end: what the tests are tuned for. */
  readonly expectedUsers: number;
  /** Whether every primary metric and guardrail can answer in the planned time. */
  readonly isEnough: boolean;
}

/** What an experiment can show at the present traffic, before it starts. The smallest of the other arms counts. */
export function planExperiment(input: PlanInput): ExperimentPlan {
  const { experiment } = input;
  const [control, treatment] = usersByEnd(input);
  const metrics = experiment.metrics.map((spec): MetricPlan => {
    const plan = planMetric(spec, input);
    return { metric: spec.metric, role: spec.role, plan, said: sayPlan(spec, plan, experiment.durationMs) };
  });
  const deciding = metrics.filter(({ role }) => role !== 'secondary');
  return {
    metrics,
    expectedUsers: Math.round(control + treatment),
    isEnough: deciding.every(({ plan }) => plan.status === 'ok' && plan.isEnough !== false),
  };
}

/** Users of the control and of the smallest other arm by the planned end. */
function usersByEnd({ experiment, usersPerDay }: PlanInput): readonly [number, number] {
  const [control, ...others] = experiment.arms.map(({ steps }) => steps / POSITIONS);
  const users = (usersPerDay * experiment.durationMs) / DAY_MS;
  return [users * (control ?? 0), users * Math.min(...others)];
}

function planMetric(spec: ExperimentMetric, input: PlanInput): Outcome<MetricNumbers> {
  const baseline = input.baselines.get(spec.metric);
  if (baseline === undefined) return failed('insufficient_data');
  const scale = scaleFor(spec);
  if (scale === 'log' && !(baseline.est > 0)) return failed('baseline_nonpositive');
  const varControl = scale === 'log' ? baseline.variance / baseline.est ** 2 : baseline.variance;
  const effect = effectOf(spec);
  const [control, treatment] = usersByEnd(input);
  const design = designOf(spec, input);
  const smallest = smallestEffect({ ...design, control, treatment, varControl });
  if (smallest.status !== 'ok') return smallest;
  if (effect === null) {
    return ok({ scale, effect, users: null, days: null, smallestEffect: smallest.effect, isEnough: null });
  }
  const size = sampleSize({ ...design, effect, varControl, allocation: control / treatment });
  if (size.status !== 'ok') return size;
  const days = ((size.treatment / treatment) * input.experiment.durationMs) / DAY_MS;
  const users = { control: size.control, treatment: size.treatment };
  const isEnough = days * DAY_MS <= input.experiment.durationMs;
  return ok({ scale, effect, users, days, smallestEffect: smallest.effect, isEnough });
}

/** What must not be missed: the target; of a guardrail its margin, on the side of harm. */
function effectOf(spec: ExperimentMetric): number | null {
  if (spec.role !== 'guardrail' || spec.margin === null) return targetOn(spec);
  const worse = directionOf(spec) === 'higher' ? -spec.margin : spec.margin;
  return scaleFor(spec) === 'log' ? Math.log1p(Math.max(worse, -0.99)) : worse;
}

/**
 * A primary metric is read once at the end with what looking early leaves of alpha; a guardrail at any time, one-sided.
 * All must pass, so each must pass with more than the power of the whole.
 */
function designOf(spec: ExperimentMetric, { experiment, rule }: PlanInput): Design {
  const { alpha, alphaEarly, comparisons, power } = planReading(experiment, rule, true);
  const guardrails = experiment.metrics.filter(({ role }) => role === 'guardrail').length;
  const each = 1 - (1 - power) / (guardrails + 1);
  return spec.role === 'guardrail'
    ? { method: 'sequential', alpha, power: each, sides: 1 }
    : { method: 'fixed', alpha: (alpha - alphaEarly) / comparisons, power: each, sides: 2 };
}

function sayPlan(spec: ExperimentMetric, plan: Outcome<MetricNumbers>, durationMs: number): Said {
  const { name } = METRICS[spec.metric];
  if (plan.status !== 'ok') {
    const because = FAILURE_WORDS[plan.status];
    return {
      en: `${name.en}: nothing can be planned, because ${because.en}.`,
      zh: `${name.zh}：无法规划，因为${because.zh}。`,
    };
  }
  const { scale, effect, users, days, isEnough } = plan;
  const text = (value: number): Said =>
    scale === 'log' ? { en: timesText(value), zh: timesText(value) } : differenceText(spec.metric, value);
  const hours = `${Math.round(durationMs / HOUR_MS)} h`;
  const smallest = text(directionOf(spec) === 'lower' ? -plan.smallestEffect : plan.smallestEffect);
  const shows = {
    en: `${hours} show differences from about ${smallest.en} on.`,
    zh: `${hours} 内大约能显示 ${smallest.zh} 以上的差异。`,
  };
  if (effect === null || users === null || days === null) {
    return { en: `${name.en}: ${shows.en}`, zh: `${name.zh}：${shows.zh}` };
  }
  const wanted = text(effect);
  const count = users.treatment.toLocaleString('en-US');
  const needs = {
    en: `${name.en}: ${wanted.en} needs about ${count} users in the arm, ${days.toFixed(1)} days at the present traffic.`,
    zh: `${name.zh}：要判断 ${wanted.zh}，该组约需 ${count} 名用户，按当前流量约 ${days.toFixed(1)} 天。`,
  };
  return isEnough ? needs : { en: `${needs.en} ${shows.en}`, zh: `${needs.zh}${shows.zh}` };
}
