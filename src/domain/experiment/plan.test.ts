import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../test/support/experiment-scene.ts';
import { arm, EXPERIMENT, metric } from '../../../test/support/experiment-spec.ts';
import type { MetricId } from '../metric.ts';
import type { Estimate } from '../stats/estimate.ts';
import { planExperiment } from './plan.ts';
import { DEFAULT_RULE } from './reading-plan.ts';

const baseline = (est: number, variance: number): Estimate => ({
  n: 1_000,
  est,
  variance,
  se: Math.sqrt(variance / 1_000),
});
const BASELINES = new Map<MetricId, Estimate>([
  ['task_completion', baseline(0.7, 0.21)],
  ['follow_up_rate', baseline(0.29, 0.2)],
  ['session_depth', baseline(3, 4)],
  ['error_rate', baseline(0.01, 0.01)],
]);
const plan = (usersPerDay: number, more: Partial<typeof EXPERIMENT> = {}) =>
  planExperiment({
    experiment: { ...EXPERIMENT, ...more },
    rule: DEFAULT_RULE,
    baselines: BASELINES,
    usersPerDay,
  });
const numbersOf = (usersPerDay: number, more: Partial<typeof EXPERIMENT> = {}) =>
  plan(usersPerDay, more).metrics.map(({ plan: found }) => {
    if (found.status !== 'ok') throw new Error(found.status);
    return found;
  });

describe('planExperiment', () => {
  it('counts the users of the published example: 0.70 → 0.73 by the final read of a hybrid', () => {
    const metrics = [metric('task_completion', { target: { kind: 'absolute', value: 0.03 } })];
    const [found] = numbersOf(6_650, { metrics });
    // 3,792 with the treatment's own, smaller variance; a plan has only the control's.
    expect(found?.users).toEqual({ control: 3_913, treatment: 3_913 });
    expect(found?.days).toBeCloseTo(3_913 / (6_650 * 0.2), 2);
    expect([found?.isEnough, plan(6_650, { metrics }).isEnough]).toEqual([true, true]);
  });

  it('takes as many days as the traffic needs, and finds less by the end with fewer users', () => {
    const [few, many] = [numbersOf(500), numbersOf(5_000)];
    for (const [i, found] of few.entries()) {
      expect((found.days ?? 0) / (many[i]?.days ?? 1)).toBeCloseTo(10, 1);
      expect(found.smallestEffect / (many[i]?.smallestEffect ?? 1)).toBeCloseTo(Math.sqrt(10), 0);
      expect(found.isEnough).toBe((found.days ?? 0) <= 3);
    }
  });

  it('says before the start that 72 h are not enough, and what they would show', () => {
    const { metrics, isEnough } = plan(300);
    expect(isEnough).toBe(false);
    expect(metrics[0]?.said.en).toMatch(
      /^Task completion: \+8\.0 points needs about [\d,]+ users in the arm, \d+\.\d days at the present traffic\. 72 h show differences from about \+\d+\.\d points on\.$/,
    );
    expect(metrics[1]?.said.zh).toMatch(
      /^追问率：要判断 × 0\.70，该组约需 [\d,]+ 名用户，按当前流量约 \d+\.\d 天。72 h 内大约能显示 × 0\.\d\d 以上的差异。$/,
    );
  });

  it('gives each metric more power when guardrails must hold, too', () => {
    const primaries = EXPERIMENT.metrics.slice(0, 3);
    const [alone, guarded] = [numbersOf(1_000, { metrics: primaries }), numbersOf(1_000)];
    for (const i of [0, 1, 2])
      expect(guarded[i]?.users?.treatment).toBeGreaterThan(alone[i]?.users?.treatment ?? 0);
  });

  it('counts with the smallest arm', () => {
    const arms = [arm('control'), arm('treatment'), { ...arm('other'), steps: 100 }];
    const [found] = numbersOf(10_000, { arms });
    expect(found?.users?.control).toBeGreaterThan(10 * (found?.users?.treatment ?? 0));
    expect(plan(10_000, { arms }).expectedUsers).toBe(10_000 * 3 * 0.21);
  });

  it('plans nothing without a baseline or without users', () => {
    const none = planExperiment({
      experiment: EXPERIMENT,
      rule: DEFAULT_RULE,
      baselines: new Map(),
      usersPerDay: 500,
    });
    expect(none.metrics.map(({ plan: found }) => found)).toEqual(
      EXPERIMENT.metrics.map(() => ({ status: 'insufficient_data' })),
    );
    expect(none.isEnough).toBe(false);
    expect(plan(0).metrics[0]?.plan).toEqual({ status: 'insufficient_data' });
    expect(plan(500, { durationMs: HOUR }).isEnough).toBe(false);
  });
});
