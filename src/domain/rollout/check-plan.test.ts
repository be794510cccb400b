import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/config-fixture.ts';
import { gateOf, planOf, stageOf } from '../../../test/support/rollout-scene.ts';
import { checkPlan, warnOfPlan } from './check-plan.ts';
import type { Gate, Stage } from './plan.ts';
import { STANDARD_STAGES } from './template.ts';

const LAST = stageOf(100);
const RATE = gateOf({ metric: 'error_rate', op: '<', limit: 0.005 });
const withGate = (gate: Partial<Gate>, percent = 5): readonly Stage[] => [
  stageOf(percent, { gates: [{ ...RATE, ...gate }] }),
  ...(percent === 100 ? [] : [LAST]),
];

describe('a plan', () => {
  it('of the standard template can be carried out', () => {
    expect(checkPlan(planOf(STANDARD_STAGES))).toEqual([]);
    expect(warnOfPlan({ stages: STANDARD_STAGES }, modelOf('new', { onOverflow: 'error' }))).toEqual([]);
  });

  it.each<[string, readonly Stage[], string]>([
    ['that ends below 100 %', [stageOf(5)], 'stages'],
    ['without stages', [], 'stages'],
    ['whose share does not grow', [stageOf(5), stageOf(5), LAST], 'stages[1].weight'],
    ['that waits shorter than it holds', [stageOf(5, { maxWaitMs: 60_000 }), LAST], 'stages[0].max_wait'],
    ['with a mean of latency', withGate({ metric: 'latency_mean' }), 'stages[0].gates[0].metric'],
    ['with a limit on the wrong side', withGate({ op: '>' }), 'stages[0].gates[0].op'],
    ['with a percentage for a share', withGate({ limit: 5 }), 'stages[0].gates[0].value'],
    ['with a hard limit within the limit', withGate({ hardLimit: 0.001 }), 'stages[0].gates[0].hard_limit'],
    [
      'with a hard limit against stable',
      withGate({ isVsStable: true, limit: 2, hardLimit: 9 }),
      'stages[0].gates[0].hard_limit',
    ],
    ['that compares at 100 %', withGate({ isVsStable: true, limit: 2 }, 100), 'stages[0].gates[0].metric'],
    ['with classes of a rate', withGate({ classes: ['truncated'] }), 'stages[0].gates[0].classes'],
    [
      'with a count against stable',
      withGate({ metric: 'error_count', isVsStable: true, limit: 1 }),
      'stages[0].gates[0].metric',
    ],
  ])('%s is told where it is wrong', (_, stages, path) => {
    expect(checkPlan(planOf(stages)).map((fault) => fault.path)).toEqual([path]);
  });

  it('does not release the stable model', () => {
    const plan = { ...planOf([LAST]), candidateModelId: 'old' };
    expect(checkPlan(plan).map(({ path }) => path)).toEqual(['candidate_model_id']);
  });

  it('is warned of what it cannot see, and of what chance would abort', () => {
    const blind = warnOfPlan({ stages: STANDARD_STAGES }, modelOf('new', { onOverflow: 'truncate' }));
    expect(blind.map(({ path }) => path)).toEqual(['stages[0].gates[0].classes']);
    const chancy = withGate({ isVsStable: true, limit: 2, onFail: 'abort' });
    expect(warnOfPlan({ stages: chancy }, modelOf('new')).map(({ path }) => path)).toEqual([
      'stages[0].gates[0].mode',
    ]);
  });
});
