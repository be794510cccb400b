import { describe, expect, it } from 'vitest';
import { checkPlan } from '../domain/rollout/check-plan.ts';
import { STANDARD_STAGES } from '../domain/rollout/template.ts';
import { RolloutAnswer, RolloutCommand, RolloutEventAnswer, RolloutStop } from './rollout.ts';
import { completeRollout, limitFormFaults, RolloutDocument, RolloutInput, toPlan } from './rollout-plan.ts';
import { validate } from './validate.ts';

const RELEASE = { id: 'qwen3-june', route_id: 'support', candidate_model_id: 'qwen3-32b-prod' };
const faultsOf = (schema: Parameters<typeof validate>[0], value: unknown) => {
  const result = validate(schema, value);
  return result.ok ? [] : result.errors.map(({ path }) => path);
};

/** As the contract shows it. */
const WRITTEN = {
  ...RELEASE,
  stages: [
    {
      weight: 1,
      hold: '2h',
      quiet: '30m',
      max_wait: '7d',
      approval: false,
      gates: [
        {
          metric: 'error_count',
          classes: ['context_length', 'out_of_memory', 'connection_reset', 'timeout'],
          op: '<=',
          value: 0,
          on_fail: 'hold',
        },
        {
          metric: 'latency_p95',
          op: '<',
          value: '8s',
          mode: 'point',
          min_samples: 100,
          hard_limit: '20s',
          on_fail: 'hold',
          on_no_data: 'hold',
        },
        { metric: 'error_rate_vs_stable', op: '<=', value: 2.0, mode: 'confident', on_fail: 'abort' },
      ],
    },
    { weight: 100 },
  ],
} satisfies RolloutInput;

describe('a written rollout', () => {
  it('is taken as the contract shows it', () => {
    expect(faultsOf(RolloutInput, WRITTEN)).toEqual([]);
    expect(limitFormFaults(WRITTEN)).toEqual([]);
    const document = completeRollout(WRITTEN);
    expect(faultsOf(RolloutDocument, document)).toEqual([]);
    const plan = toPlan(document, 'qwen2-7b-stable');
    expect(checkPlan(plan)).toEqual([]);
    const [first, last] = plan.stages;
    expect(first).toMatchObject({
      steps: 100,
      holdMs: 7_200_000,
      quietMs: 1_800_000,
      maxWaitMs: 604_800_000,
    });
    expect(first?.gates.map(({ metric, isVsStable, limit }) => [metric, isVsStable, limit])).toEqual([
      ['error_count', false, 0],
      ['latency_p95', false, 8_000],
      ['error_rate', true, 2],
    ]);
    expect(first?.gates[0]).toMatchObject({ minSamples: 1, onNoData: 'hold' });
    expect(first?.gates[0]?.classes).toHaveLength(7);
    expect(last).toMatchObject({ steps: 10_000, holdMs: 7_200_000, gates: [] });
  });

  it('has the standard stages where it has none, and they survive being written', () => {
    for (const template of [{}, { template: 'standard' as const }]) {
      const document = completeRollout({ ...RELEASE, ...template });
      expect(faultsOf(RolloutDocument, document)).toEqual([]);
      expect(document.stages.map(({ weight, hold }) => [weight, hold])).toEqual([
        [1, '2h'],
        [5, '2h'],
        [20, '4h'],
        [50, '4h'],
        [100, '2h'],
      ]);
      expect(toPlan(document, 'old').stages).toEqual(STANDARD_STAGES);
    }
  });

  it.each([
    ['a metric that is none', { metric: 'speed', op: '<', value: 1 }, ['stages[0].gates[0].metric']],
    [
      'a limit that is a sentence',
      { metric: 'latency_p95', op: '<', value: 'fast' },
      ['stages[0].gates[0].value'],
    ],
    [
      'an unknown class',
      { metric: 'error_count', op: '<=', value: 0, classes: ['bad luck'] },
      ['stages[0].gates[0].classes[0]'],
    ],
  ])('is refused with %s', (_, gate, paths) => {
    expect(faultsOf(RolloutInput, { ...RELEASE, stages: [{ weight: 100, gates: [gate] }] })).toEqual(paths);
  });

  it('is refused with a limit in the wrong form', () => {
    const gates = [
      { metric: 'latency_p95', op: '<', value: 8, hard_limit: 20 },
      { metric: 'error_rate', op: '<', value: '8s' },
      { metric: 'latency_p95_vs_stable', op: '<', value: 1.5 },
    ] as const;
    const faults = limitFormFaults({ ...RELEASE, stages: [{ weight: 100, gates: [...gates] }] });
    expect(faults.map(({ path }) => path)).toEqual([
      'stages[0].gates[0].value',
      'stages[0].gates[0].hard_limit',
      'stages[0].gates[1].value',
    ]);
  });
});

describe('a command', () => {
  it('names what was seen, unless it stops', () => {
    expect(faultsOf(RolloutCommand, { stage: 1, expected_version: 7, reason: 'fine' })).toEqual([]);
    expect(faultsOf(RolloutCommand, { reason: 'fine' })).toEqual(['stage', 'expected_version']);
    expect(faultsOf(RolloutStop, { reason: 'stop', command_id: 'c1' })).toEqual([]);
  });
});

describe('the answers', () => {
  it('have schemas that the validator knows', () => {
    for (const schema of [RolloutAnswer, RolloutEventAnswer])
      expect(faultsOf(schema, {}).length).toBeGreaterThan(5);
  });
});
