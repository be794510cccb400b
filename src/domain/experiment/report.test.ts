import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../sim/rng.ts';
import {
  BETTER,
  CONTROL,
  cellOf,
  evidenceOf,
  FINE,
  HOUR,
  report,
  START,
  verdicts,
} from '../../../test/support/experiment-scene.ts';
import { arm, EXPERIMENT } from '../../../test/support/experiment-spec.ts';
import type { Stratum } from '../experiment.ts';
import type { Evidence } from './evidence.ts';
import { DEFAULT_RULE } from './reading-plan.ts';
import { type ExperimentReport, reportExperiment } from './report.ts';

describe('reportExperiment', () => {
  it('finds what is true: completion up, follow-ups down, deeper sessions, errors as they were', () => {
    const { metrics, decision, status } = report({});
    expect(status).toBe('ended');
    expect(metrics.map(({ metric: id, verdict }) => [id, verdict])).toEqual([
      ['task_completion', 'better'],
      ['follow_up_rate', 'better'],
      ['session_depth', 'better'],
      ['error_rate', 'no_difference_shown'],
    ]);
    expect(metrics[3]).toMatchObject({ guardrail: 'safe' });
    expect(decision).toMatchObject({ action: 'ship', arm: 'treatment' });
    expect(metrics.map((reading) => 'target' in reading && reading.target)).toEqual([
      'reached',
      'reached',
      'open',
      null,
    ]);
  });

  it('says so in both languages, with the numbers and how sure they are', () => {
    const [completion, followUps] = report({}).metrics;
    expect(completion?.said.en).toMatch(
      /^Task completion is better with treatment: 7\d\.\d % against 6\d\.\d %, \+1\d\.\d points \(96 % interval \+1\d\.\d to \+1\d\.\d\)\. The target \(\+8\.0 points\) is reached\.$/,
    );
    expect(completion?.said.zh).toMatch(
      /^treatment 的任务完成率更好：7\d\.\d %，对照组 6\d\.\d %，相差 \+1\d\.\d 个百分点/,
    );
    expect(followUps?.said.en).toMatch(
      /× 0\.\d\d \(96 % interval 0\.\d\d to 0\.\d\d\)\. The target \(at most × 0\.7\)/,
    );
  });

  it('shows nothing where there is nothing, and does not ship it', () => {
    const { metrics, decision } = report({ truths: [CONTROL, CONTROL] });
    for (const { verdict } of metrics) expect(verdict).toBe('no_difference_shown');
    expect(decision.action).toBe('keep_control');
    expect(metrics[0]?.said.en).toContain('no proof that there is none');
  });

  it('is wrong about equal arms in few experiments only, however often it is looked at', () => {
    let wrong = 0;
    const RUNS = 60;
    for (let run = 0; run < RUNS; run += 1) {
      let crossings: ExperimentReport['crossings'] = [];
      let isWrong = false;
      for (const [look, users] of [200, 400, 800, 1_600].entries()) {
        const found = report(
          { truths: [CONTROL, CONTROL], users: [users, users], seed: `${run}/${look}` },
          { nowMs: START + look * 24 * HOUR, crossings },
        );
        crossings = found.crossings;
        isWrong ||= found.metrics[0]?.verdict !== 'no_difference_shown';
      }
      if (isWrong) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(6);
  });

  it('is invalid when users did not fall into the arms as planned, and then shows no number', () => {
    const found = report({ users: [1_800, 2_200] });
    expect(new Set(verdicts(found))).toEqual(new Set(['invalid']));
    expect(found.metrics.some((reading) => 'numbers' in reading)).toBe(false);
    expect([found.groups, found.decision.action]).toEqual([[], 'none']);
    expect(found.health[0]).toMatchObject({ check: 'sample_ratio', level: 'invalid' });
    expect(found.metrics[0]?.said.zh).toBe('无法解读任务完成率：实验本身存疑。');
    const inside = report({
      health: {
        byStratum: [
          { stratum: 'new', users: [900, 1_100] },
          { stratum: 'returning', users: [1_100, 900] },
        ],
      },
    });
    expect(inside.health[1]).toMatchObject({ check: 'sample_ratio_in_strata', level: 'invalid' });
  });

  it('says that there is not enough data instead of a number', () => {
    const found = report({ users: [90, 95] }, { nowMs: START + HOUR });
    expect(new Set(verdicts(found))).toEqual(new Set(['not_enough_data']));
    expect(found.metrics.some((reading) => 'numbers' in reading)).toBe(false);
    expect(found.metrics[0]).toMatchObject({ because: 'insufficient_users' });
    expect(found.metrics[0]?.said.en).toContain('an arm has fewer than 100 users');
    expect(found.decision.action).toBe('wait');
    const none = reportExperiment({
      experiment: EXPERIMENT,
      rule: DEFAULT_RULE,
      evidence: { metrics: new Map(), byIntent: new Map(), health: FINE },
      startedAtMs: START,
      stoppedAtMs: null,
      nowMs: START,
      crossings: [],
    });
    expect(new Set(verdicts(none))).toEqual(new Set(['not_enough_data']));
  });

  it('stops an arm that errs, from events too rare for a variance on', () => {
    const never = { ...CONTROL, errors: 0 };
    const found = report(
      { truths: [never, { ...never, errors: 0.05 }], users: [150, 150] },
      { nowMs: START + HOUR },
    );
    expect(found.metrics[3]).toMatchObject({ verdict: 'worse', because: 'rare_event', guardrail: 'harmed' });
    expect(found.metrics[3]?.said.en).toContain('more of its users were struck than chance explains');
    expect(found.decision).toMatchObject({ action: 'stop', arm: 'treatment' });
    const earlier = {
      metric: 'error_rate' as const,
      arm: 'treatment',
      atMs: START,
      verdict: 'better' as const,
    };
    const both = report({ truths: [never, never] }, { crossings: [earlier, ...found.crossings] });
    expect(both.decision.action).toBe('stop');
    const later = report({ truths: [never, never] }, { crossings: found.crossings });
    expect(later.decision).toMatchObject({ action: 'stop', arm: 'treatment' });
  });

  it('holds a guardrail whose events are too rare for a variance to be safe, once there are enough users', () => {
    const [fine, better] = [
      { ...CONTROL, errors: 0 },
      { ...BETTER, errors: 0 },
    ];
    const found = report({ truths: [fine, better], users: [2_000, 2_000] });
    expect(found.metrics[3]).toMatchObject({ verdict: 'not_enough_data', guardrail: 'safe' });
    expect(found.metrics[3]?.said.en).toContain('surely not worse by more than the margin (2.0 points)');
    expect(found.decision).toMatchObject({ action: 'ship', arm: 'treatment' });
    const early = report({ truths: [fine, better], users: [150, 150] }, { nowMs: START + HOUR });
    expect(early.metrics[3]).toMatchObject({ guardrail: 'open' });
  });

  it('keeps what was clear once, whatever comes later', () => {
    const early = report({}, { nowMs: START + 24 * HOUR });
    expect(early.crossings.map(({ metric: id, verdict, atMs }) => [id, verdict, atMs - START])).toEqual(
      ['task_completion', 'follow_up_rate', 'session_depth'].map((id) => [id, 'better', 24 * HOUR]),
    );
    const late = report({ truths: [CONTROL, CONTROL] }, { crossings: early.crossings });
    expect(verdicts(late).slice(0, 3)).toEqual(['better', 'better', 'better']);
    expect(late.metrics[0]).toMatchObject({ clearSinceMs: START + 24 * HOUR });
    expect(late.crossings).toEqual(early.crossings);
  });

  it('reads an experiment that was stopped early by the rules of an early look', () => {
    const slight = { ...CONTROL, completed: 0.655 };
    const scene = { truths: [CONTROL, slight], users: [3_000, 3_000], seed: 5 };
    const [stopped, ended] = [report(scene, { stoppedAtMs: START + 48 * HOUR }), report(scene)];
    expect([stopped.status, ended.status]).toEqual(['stopped_early', 'ended']);
    expect(
      [stopped, ended].map(({ metrics: [first] }) => first && 'numbers' in first && first.numbers.alpha),
    ).toEqual([0.01, expect.closeTo(0.04)]);
    expect([verdicts(stopped)[0], verdicts(ended)[0]]).toEqual(['no_difference_shown', 'better']);
  });

  it('shares its alpha among arms, and among primaries where one is enough', () => {
    const experiment = { ...EXPERIMENT, arms: [...EXPERIMENT.arms, arm('other')] };
    const scene = { truths: [CONTROL, BETTER, CONTROL], users: [2_000, 2_000, 2_000] };
    const alphaOf = ({ metrics: [first] }: ExperimentReport) =>
      first && 'numbers' in first && first.numbers.alpha;
    const three = report(scene, { experiment });
    expect(three.metrics.map(({ arm: name }) => name).slice(0, 2)).toEqual(['treatment', 'other']);
    expect(alphaOf(three)).toBeCloseTo(0.02);
    expect(alphaOf(report({}, { rule: { ...DEFAULT_RULE, primaries: 'any' } }))).toBeCloseTo(0.04 / 3);
    expect(three.decision).toMatchObject({ action: 'ship', arm: 'treatment' });
  });

  it('weighs new and returning users as asked, and not where nobody knows who is new', () => {
    const strata = { newUserWithinMs: 7 * 24 * HOUR, weights: { new: 50, returning: 50 } };
    const experiment = { ...EXPERIMENT, strata };
    const unequal = (names: readonly Stratum[]): Evidence => {
      const rng = createRng('strata');
      const cells = (users: number, completed: number) =>
        cellOf('task_completion', { truth: { ...CONTROL, completed }, users, rng });
      const groups = [
        { name: names[0] ?? 'new', arms: [cells(3_000, 0.3), cells(3_000, 0.3)] },
        { name: names[1] ?? 'returning', arms: [cells(1_000, 0.7), cells(1_000, 0.9)] },
      ];
      const evidence = evidenceOf({});
      return {
        ...evidence,
        metrics: new Map([...evidence.metrics, ['task_completion', { kind: 'ratio', strata: groups }]]),
      };
    };
    const controlIn = (names: readonly Stratum[]) => {
      const [first] = report({}, { experiment, evidence: unequal(names) }).metrics;
      return first && 'numbers' in first ? first.numbers.control : null;
    };
    expect(controlIn(['new', 'returning'])).toBeCloseTo(0.5, 1);
    expect(controlIn(['unknown', 'returning'])).toBeCloseTo(0.4, 1);
  });

  it('turns better into worse when the arms change places', () => {
    const swapped = { better: 'worse', worse: 'better' } as const;
    fc.assert(
      fc.property(fc.double({ min: 0.4, max: 0.8, noNaN: true }), fc.integer(), (completed, seed) => {
        const other = { ...CONTROL, completed };
        const there = evidenceOf({ truths: [CONTROL, other], users: [600, 600], seed });
        const back = new Map(
          [...there.metrics].map(([id, evidence]) => [
            id,
            evidence.kind === 'ratio'
              ? {
                  ...evidence,
                  strata: evidence.strata.map((cells) => ({ ...cells, arms: cells.arms.toReversed() })),
                }
              : evidence,
          ]),
        );
        const [one] = verdicts(report({}, { evidence: there }));
        const [two] = verdicts(report({}, { evidence: { ...there, metrics: back } }));
        expect(two).toBe(one === 'better' || one === 'worse' ? swapped[one] : one);
      }),
      { numRuns: 25 },
    );
  });

  it('marks groups that stand out, and says of the others why they have no number', () => {
    const evidence = evidenceOf({ strata: ['new', 'returning'] });
    const rng = createRng('groups');
    const cells = (users: number, completed: number) =>
      cellOf('task_completion', { truth: { ...CONTROL, completed }, users, rng });
    const byIntent = new Map([
      [
        'task_completion' as const,
        [
          { name: 'refund', arms: [cells(900, 0.5), cells(900, 0.8)] },
          { name: 'greeting', arms: [cells(900, 0.5), cells(900, 0.5)] },
          { name: 'rare', arms: [cells(30, 0.5), cells(30, 0.9)] },
        ],
      ],
    ]);
    const { groups } = report({}, { evidence: { ...evidence, byIntent } });
    const intents = groups.filter(({ groupedBy }) => groupedBy === 'intent');
    expect(
      intents.map(({ group, reading }) => [
        group,
        reading.status === 'ok' ? reading.standsOut : reading.status,
      ]),
    ).toEqual([
      ['refund', true],
      ['greeting', false],
      ['rare', 'insufficient_users'],
    ]);
    expect(groups.filter(({ groupedBy }) => groupedBy === 'stratum')).toHaveLength(8);
  });
});
