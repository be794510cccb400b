import type { MetricId } from '../metric.ts';
import type { Gate, Stage } from './plan.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

/** What a gate is where nothing is written. */
export const GATE_DEFAULTS = {
  isVsStable: false,
  classes: null,
  mode: 'point',
  minSamples: 100,
  hardLimit: null,
  onFail: 'hold',
  onNoData: 'hold',
} as const satisfies Partial<Gate>;

/** What a stage is where nothing is written. */
export const STAGE_DEFAULTS = {
  holdMs: 2 * HOUR_MS,
  quietMs: 30 * MINUTE_MS,
  maxWaitMs: 7 * DAY_MS,
  needsApproval: false,
  gates: [],
} as const satisfies Partial<Stage>;

type Written = Pick<Gate, 'metric' | 'op' | 'limit'> & Partial<Gate>;
const gate = (written: Written): Gate => ({ ...GATE_DEFAULTS, ...written });
const stage = (percent: number, written: Partial<Stage>): Stage => ({
  ...STAGE_DEFAULTS,
  steps: percent * 100,
  ...written,
});

/** The failures of a model that was set up wrong: at 1 % the first one holds, and its alert names the cure. */
const NO_FAULTS = gate({
  metric: 'error_count',
  classes: [
    'context_length',
    'out_of_memory',
    'connection_reset',
    'timeout_connect',
    'timeout_first_byte',
    'timeout_idle',
    'timeout_total',
  ],
  op: '<=',
  limit: 0,
  minSamples: 1,
});

/** 600 good requests are what it takes to say "below 0.5 %" with 95 %. */
const HEALTH: readonly Gate[] = [
  gate({ metric: 'latency_p95', op: '<', limit: 8_000, hardLimit: 20_000 }),
  gate({ metric: 'error_rate', op: '<', limit: 0.005, minSamples: 600, hardLimit: 0.1 }),
];

/** They stop a candidate that is surely worse, at any look, and hold nobody up who is not. */
const guard = (metric: MetricId, limit: number): Gate =>
  gate({ metric, isVsStable: true, op: '<=', limit, mode: 'confident', onFail: 'abort', onNoData: 'warn' });
const GUARDS: readonly Gate[] = [guard('error_rate', 1.5), guard('latency_p95', 1.5)];

/** "Not worse than stable", with what chance and the smallest difference worth waiting for leave open. */
const SESSIONS: readonly Gate[] = [
  gate({ metric: 'completion_rate', isVsStable: true, op: '>=', limit: 0.9, mode: 'confident' }),
  gate({ metric: 'abandon_rate', isVsStable: true, op: '<=', limit: 1.5, mode: 'confident' }),
];

const REVIEW: readonly Gate[] = [
  gate({ metric: 'review_accuracy', op: '>=', limit: 0.9 }),
  gate({ metric: 'review_instruction_following', op: '>=', limit: 0.9 }),
  gate({ metric: 'review_redundancy', op: '<=', limit: 0.2 }),
];

/** 1 % → 5 % → 20 % → 50 % → 100 %. Every number is for the operator to change. */
export const STANDARD_STAGES: readonly Stage[] = [
  stage(1, { gates: [NO_FAULTS] }),
  stage(5, { gates: [...HEALTH, ...GUARDS] }),
  stage(20, { holdMs: 4 * HOUR_MS, gates: [...HEALTH, ...GUARDS, ...SESSIONS] }),
  stage(50, {
    holdMs: 4 * HOUR_MS,
    maxWaitMs: 14 * DAY_MS,
    needsApproval: true,
    gates: [...HEALTH, ...GUARDS, ...REVIEW],
  }),
  stage(100, { gates: HEALTH }),
];
