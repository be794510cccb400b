import type { Measure, OpeningEvent } from './alert.ts';
import {
  BREAKER_CLOSED,
  NO_ROLLOUT,
  NOT_COUNTED,
  SPACE_UNKNOWN,
  WINDOW_OPEN,
  whyDisk,
  whyDropping,
  whyErrorRate,
  whyLatency,
  whyTooFew,
  whyTraffic,
} from './alert-reason.ts';
import type { BreakerState } from './breaker-change.ts';
import type { MetricValue } from './metric.ts';

interface Watched {
  readonly id: string;
  /** Null: every model, each by itself; for `no_traffic` all of them together. */
  readonly modelId: string | null;
}
interface Windowed {
  readonly windowMs: number;
  readonly minRequests: number;
}

/** When to raise an alert. */
export type AlertRule =
  | (Watched & { readonly event: 'breaker_opened' })
  | (Watched & Windowed & { readonly event: 'error_rate'; readonly abovePct: number })
  | (Watched & Windowed & { readonly event: 'latency_p95'; readonly aboveMs: number })
  | (Watched & { readonly event: 'no_traffic'; readonly windowMs: number })
  | { readonly id: string; readonly event: 'journal_dropping' | 'rollout_held' | 'rollout_aborted' }
  | { readonly id: string; readonly event: 'disk_low'; readonly belowBytes: number };

/** What one model did in a window. */
export interface ModelFigures {
  readonly attempts: number;
  readonly errorRate: MetricValue;
  readonly latencyMsP95: MetricValue;
}

/** A rollout that is under way, or was aborted lately, as people are told of it. */
export interface RolloutFact {
  readonly modelId: string;
  readonly event: 'rollout_held' | 'rollout_aborted';
  /** Whether it is so: one that goes on is not held. */
  readonly isSo: boolean;
  readonly said: { readonly en: string; readonly zh: string };
}

/** A breaker that left CLOSED, and why. */
export interface BreakerFact extends Pick<Measure, 'reason' | 'reasonZh'> {
  readonly state: BreakerState;
}

/** What is known at one moment. */
export interface AlertFacts {
  readonly nowMs: number;
  /** Since the process began: before a window is over nobody can say that nothing came in it. */
  readonly upMs: number;
  /** Registered models. */
  readonly modelIds: readonly string[];
  /** Models whose breaker is not known count as closed. */
  readonly breakers: ReadonlyMap<string, BreakerFact>;
  /** By window, then by model; a window is absent while nobody could count. */
  readonly figures: ReadonlyMap<number, ReadonlyMap<string, ModelFigures>>;
  /** Records of the journal lost since the process began, and when the last was. */
  readonly dropped: { readonly count: number; readonly lastAtMs: number | null };
  /** Of the disk that holds the journal; null while unknown. */
  readonly freeBytes: number | null;
  /** One that is absent is over, and there is nothing to tell. */
  readonly rollouts: readonly RolloutFact[];
}

/** What a rule finds about one model, or about the gateway. */
export interface Finding {
  readonly ruleId: string;
  readonly event: OpeningEvent;
  readonly modelId: string | null;
  /** `unknown` neither begins nor ends an alert. */
  readonly state: 'breached' | 'calm' | 'unknown';
  /** An alert ends when its rule was calm for so long. */
  readonly clearAfterMs: number;
  readonly measure: Measure;
}

/** A figure at its limit goes over it and back all the time: it must stay below for a while. */
const CLEAR_AFTER_MS: Readonly<Record<OpeningEvent, number>> = {
  breaker_opened: 0,
  error_rate: 300_000,
  latency_p95: 300_000,
  no_traffic: 0,
  journal_dropping: 300_000,
  disk_low: 300_000,
  rollout_held: 0,
  rollout_aborted: 0,
};
/** A journal that lost nothing for so long is well. */
const DROPPING_MS = 60_000;

type Judged = Pick<Finding, 'state' | 'measure'>;

/** What the rules find in the facts: one finding for each thing that a rule watches. */
export function findingsOf(rules: readonly AlertRule[], facts: AlertFacts): Finding[] {
  return rules.flatMap((rule) => {
    const common = { ruleId: rule.id, event: rule.event, clearAfterMs: CLEAR_AFTER_MS[rule.event] };
    return watchedBy(rule, facts).map((modelId) => ({ ...common, modelId, ...judge(rule, modelId, facts) }));
  });
}

/** The windows in which the rules want models counted. */
export function windowsOf(rules: readonly AlertRule[]): number[] {
  return [...new Set(rules.flatMap((rule) => ('windowMs' in rule ? [rule.windowMs] : [])))];
}

/** Models, or null for the gateway as a whole. */
function watchedBy(rule: AlertRule, { modelIds, rollouts }: AlertFacts): readonly (string | null)[] {
  if (rule.event === 'rollout_held' || rule.event === 'rollout_aborted')
    return rollouts.filter(({ event }) => event === rule.event).map(({ modelId }) => modelId);
  const modelId = 'modelId' in rule ? rule.modelId : null;
  if (modelId !== null) return modelIds.filter((id) => id === modelId);
  return 'modelId' in rule && rule.event !== 'no_traffic' ? modelIds : [null];
}

function judge(rule: AlertRule, modelId: string | null, facts: AlertFacts): Judged {
  switch (rule.event) {
    case 'breaker_opened':
      return breaker(modelId, facts);
    case 'error_rate':
    case 'latency_p95':
      return figure(rule, modelId, facts);
    case 'no_traffic':
      return traffic(rule, facts);
    case 'journal_dropping':
      return dropping(facts);
    case 'disk_low':
      return disk(rule, facts);
    case 'rollout_held':
    case 'rollout_aborted':
      return rollout(rule.event, modelId, facts);
  }
}

/** HALF_OPEN goes on being open: a start in it must find what an end before the alert was written has left out. */
function breaker(modelId: string | null, { breakers }: AlertFacts): Judged {
  const { state, ...why } = breakers.get(modelId ?? '') ?? { state: 'CLOSED', ...BREAKER_CLOSED };
  return { state: state === 'CLOSED' ? 'calm' : 'breached', measure: { ...NO_FIGURES, ...why } };
}

function figure(rule: Extract<AlertRule, Windowed>, modelId: string | null, { figures }: AlertFacts): Judged {
  const { windowMs, minRequests } = rule;
  const counted = figures.get(windowMs);
  const measure = { ...NO_FIGURES, windowMs };
  if (counted === undefined) return { state: 'unknown', measure: { ...measure, ...NOT_COUNTED } };
  const isRate = rule.event === 'error_rate';
  const found = counted.get(modelId ?? '');
  const value = found && (isRate ? found.errorRate : found.latencyMsP95);
  const limit = isRate ? rule.abovePct / 100 : rule.aboveMs;
  if (value?.status !== 'ok' || value.samples < minRequests) {
    const samples = value?.status === 'ok' ? value.samples : 0;
    return { state: 'calm', measure: { ...measure, limit, samples, ...whyTooFew(samples, minRequests) } };
  }
  const over = value.value > limit;
  const compared = { value: value.value, limit, samples: value.samples, sign: over ? '>' : '≤' };
  const why = isRate ? whyErrorRate(compared) : whyLatency(compared);
  return {
    state: over ? 'breached' : 'calm',
    measure: { value: value.value, limit, samples: value.samples, windowMs, ...why },
  };
}

function traffic(rule: Extract<AlertRule, { event: 'no_traffic' }>, facts: AlertFacts): Judged {
  const { windowMs, modelId } = rule;
  const counted = facts.figures.get(windowMs);
  const measure = { ...NO_FIGURES, windowMs };
  if (counted === undefined || facts.upMs < windowMs) {
    return { state: 'unknown', measure: { ...measure, ...WINDOW_OPEN } };
  }
  const seen = modelId === null ? [...counted.values()] : [counted.get(modelId)];
  const requests = seen.reduce((sum, model) => sum + (model?.attempts ?? 0), 0);
  return {
    state: requests === 0 ? 'breached' : 'calm',
    measure: { ...measure, value: requests, samples: requests, ...whyTraffic(requests) },
  };
}

function dropping({ nowMs, dropped: { count, lastAtMs } }: AlertFacts): Judged {
  const isDropping = lastAtMs !== null && nowMs - lastAtMs < DROPPING_MS;
  return {
    state: isDropping ? 'breached' : 'calm',
    measure: { ...NO_FIGURES, value: count, ...whyDropping(count) },
  };
}

function disk({ belowBytes }: { readonly belowBytes: number }, { freeBytes }: AlertFacts): Judged {
  const measure = { ...NO_FIGURES, value: freeBytes, limit: belowBytes };
  if (freeBytes === null) return { state: 'unknown', measure: { ...measure, ...SPACE_UNKNOWN } };
  const state = freeBytes < belowBytes ? 'breached' : 'calm';
  return { state, measure: { ...measure, ...whyDisk(freeBytes, belowBytes) } };
}

function rollout(event: RolloutFact['event'], modelId: string | null, { rollouts }: AlertFacts): Judged {
  const fact = rollouts.find((one) => one.event === event && one.modelId === modelId);
  if (fact === undefined) return { state: 'calm', measure: { ...NO_FIGURES, ...NO_ROLLOUT } };
  const { en: reason, zh: reasonZh } = fact.said;
  return { state: fact.isSo ? 'breached' : 'calm', measure: { ...NO_FIGURES, reason, reasonZh } };
}

const NO_FIGURES = { value: null, limit: null, samples: null, windowMs: null } as const;
