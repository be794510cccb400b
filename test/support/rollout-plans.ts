import { TICK_MS } from '../../src/domain/rollout/credit.ts';
import type { Plan } from '../../src/domain/rollout/plan.ts';
import { gateOf, planOf, stageOf } from './rollout-scene.ts';

const HEALTHY = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, onFail: 'abort', hardLimit: 0.5 });
const FAST = gateOf({ metric: 'latency_p95', op: '<', limit: 8_000 });
const COUNT = gateOf({ metric: 'error_count', op: '<=', limit: 0, minSamples: 1 });
const WARNING = gateOf({ metric: 'abandon_rate', op: '<', limit: 0.1, onFail: 'warn' });
const GUARD = gateOf({
  metric: 'error_rate',
  isVsStable: true,
  op: '<=',
  limit: 2,
  mode: 'confident',
  onFail: 'abort',
  onNoData: 'warn',
});
const SURE = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, mode: 'confident' });
const short = { holdMs: 4 * TICK_MS, quietMs: 2 * TICK_MS, maxWaitMs: 10 * TICK_MS };
/** Short plans with gates of every kind, to be walked through many times. */
export const PLANS: readonly Plan[] = [
  planOf([
    stageOf(1, { ...short, gates: [COUNT] }),
    stageOf(5, { ...short, gates: [HEALTHY, WARNING, GUARD] }),
    stageOf(50, { ...short, gates: [FAST, WARNING], needsApproval: true }),
    stageOf(100, { ...short, gates: [FAST] }),
  ]),
  planOf([
    stageOf(20, { ...short, quietMs: 6 * TICK_MS, gates: [SURE] }),
    stageOf(100, { ...short, gates: [HEALTHY] }),
  ]),
  planOf([
    stageOf(10, { ...short, gates: [COUNT, HEALTHY] }),
    stageOf(100, { ...short, gates: [FAST], needsApproval: true }),
  ]),
];
