import { describe, expect, it } from 'vitest';
import { arm, EXPERIMENT, metric } from '../../../test/support/experiment-spec.ts';
import type { ExperimentMetric } from '../experiment.ts';
import { checkExperiment } from './check-experiment.ts';

type Checked = Parameters<typeof checkExperiment>[0];
const paths = (more: Partial<Checked>) => checkExperiment({ ...EXPERIMENT, ...more }).map(({ path }) => path);
const first = (spec: ExperimentMetric) => paths({ metrics: [spec, metric('completion_rate')] });

describe('checkExperiment', () => {
  it('accepts what can be read', () => {
    expect(checkExperiment(EXPERIMENT)).toEqual([]);
    expect(paths({ arms: [arm('a'), { ...arm('b'), steps: 5_000 }] })).toEqual([]);
    expect(paths({ strata: { newUserWithinMs: 1, weights: { new: 50, returning: 50 } } })).toEqual([]);
  });

  it.each<[string, Partial<Checked>, string[]]>([
    ['one arm', { arms: [arm('a')] }, ['arms']],
    ['arms that would overlap', { arms: [arm('a'), { ...arm('b'), steps: 5_001 }] }, ['arms[1].share']],
    [
      'three arms that would overlap',
      { arms: ['a', 'b', 'c'].map((name) => ({ ...arm(name), steps: 3_334 })) },
      ['arms[0].share', 'arms[1].share', 'arms[2].share'],
    ],
    ['an empty arm', { arms: [{ ...arm('a'), steps: 0 }, arm('b')] }, ['arms[0].share']],
    ['two arms of one name', { arms: [arm('a'), arm('a')] }, ['arms[1].name']],
    ['nothing that decides', { metrics: [metric('task_completion', { role: 'secondary' })] }, ['metrics']],
    [
      'a metric twice',
      { metrics: [metric('task_completion'), metric('task_completion')] },
      ['metrics[1].metric'],
    ],
    ['no end', { durationMs: 0 }, ['duration']],
    [
      'a weight of zero',
      { strata: { newUserWithinMs: 1, weights: { new: 0, returning: 100 } } },
      ['strata.weights'],
    ],
  ])('refuses %s', (_, more, expected) => {
    expect(paths(more)).toEqual(expected);
  });

  it.each<[string, ExperimentMetric, string[]]>([
    ['a mean of latencies', metric('latency_mean'), ['metrics[0].metric']],
    ['a depth that may be good or bad', metric('session_depth'), ['metrics[0]']],
    ['a guardrail without a margin', metric('error_rate', { role: 'guardrail' }), ['metrics[0].margin']],
    [
      'a target that makes it worse',
      metric('task_completion', { target: { kind: 'absolute', value: -0.1 } }),
      ['metrics[0].target.absolute'],
    ],
    [
      'errors that should rise',
      metric('error_rate', { target: { kind: 'absolute', value: 0.1 } }),
      ['metrics[0].target.absolute'],
    ],
    [
      'a target of nothing',
      metric('task_completion', { target: { kind: 'absolute', value: 0 } }),
      ['metrics[0].target.absolute'],
    ],
    [
      'a ratio that is no improvement',
      metric('follow_up_rate', { target: { kind: 'ratio_at_most', value: 1 } }),
      ['metrics[0].target.ratio_at_most'],
    ],
    [
      'a ratio for what should rise',
      metric('task_completion', { target: { kind: 'ratio_at_most', value: 0.7 } }),
      ['metrics[0].target.ratio_at_most'],
    ],
    [
      'milliseconds for a quantile',
      metric('latency_p95', { target: { kind: 'absolute', value: -100 } }),
      ['metrics[0].target.absolute'],
    ],
  ])('refuses %s', (_, spec, expected) => {
    expect(first(spec)).toEqual(expected);
  });
});
