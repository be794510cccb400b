import { afterEach, describe, expect, it } from 'vitest';
import { type AdminRig, openAdminRig } from '../../../test/support/admin-rig.ts';
import {
  type FakeExperiments,
  fakeExperiments,
  INPUT,
  RUNNING,
  sumsOf,
} from '../../../test/support/experiment-reports.ts';
import { CONTROL, HOUR, START } from '../../../test/support/experiment-scene.ts';
import { fakeEventStore } from '../../../test/support/fake-event-store.ts';
import { parseCsv } from '../../../test/support/parse-csv.ts';
import type { ExperimentDocument } from '../../contract/experiment.ts';
import { ExperimentPlan, ExperimentReport } from '../../contract/experiment-report.ts';
import { validate } from '../../contract/validate.ts';
import { createAnalysis } from '../analysis.ts';

let rig: AdminRig;
afterEach(() => rig.close());

async function open(experiments: FakeExperiments, nowMs = START + 80 * HOUR): Promise<void> {
  const core = {
    store: fakeEventStore(),
    userData: { erase: () => Promise.reject(new Error('nobody is erased here')) },
    clock: { nowMs: () => nowMs, monotonicMs: () => 0 },
    idleMs: () => 900_000,
    modelWarnings: () => [],
    models: () => new Map(),
    experiments,
  };
  rig = await openAdminRig({}, createAnalysis(core));
}
const found = (document: Partial<ExperimentDocument> = {}, scene: Parameters<typeof sumsOf>[0] = {}) =>
  fakeExperiments([{ ...RUNNING, ...document }], () => sumsOf(scene));
const text = async (path: string) =>
  (
    await rig.app.inject({
      url: `/admin/v1/experiments/${INPUT.id}/${path}`,
      headers: { authorization: 'Bearer the-admin-key-of-the-tests' },
    })
  ).body;
const report = async () => (await rig.call('GET', `/experiments/${INPUT.id}/report`)).body;

describe('a report', () => {
  it('tells verdicts, numbers, health and the decision, as its schema says', async () => {
    const experiments = found();
    await open(experiments);
    const body = await report();
    expect(validate(ExperimentReport, body)).toEqual({ ok: true, value: body });
    expect(body).toMatchObject({
      status: 'ended',
      decision: { action: 'ship', arm: 'treatment' },
      metrics: [
        { metric: 'task_completion', verdict: 'better', numbers: { effect: { scale: 'difference' } } },
        { metric: 'follow_up_rate', verdict: 'better', numbers: { effect: { scale: 'ratio' } } },
        { metric: 'session_depth', verdict: 'better' },
        { metric: 'error_rate', guardrail: 'safe' },
      ],
    });
    const { effect } = body.metrics[1].numbers;
    expect([effect.lo < effect.value, effect.value < effect.hi, effect.hi < 1]).toEqual([true, true, true]);
    expect(experiments.asked).toMatchObject([
      {
        fromMs: START,
        toMs: START + 72 * HOUR,
        population: { kind: 'experiment', id: INPUT.id, arms: ['control', 'treatment'] },
      },
    ]);
  });

  it('remembers what was clear at an earlier look', async () => {
    const truths = [{ better: true }, { better: false }];
    const experiments = fakeExperiments([RUNNING], () =>
      truths.shift()?.better ? sumsOf({}) : sumsOf({ truths: [CONTROL, CONTROL] }),
    );
    await open(experiments, START + 24 * HOUR);
    const [early, late] = [await report(), await report()];
    for (const { metrics } of [early, late]) {
      expect(metrics[0]).toMatchObject({
        verdict: 'better',
        clear_since: new Date(START + 24 * HOUR).toISOString(),
      });
    }
  });

  it('reads what people found of the answers, where a metric is theirs', async () => {
    const found = (n: number, yes: number) => ({
      sums: { type: 'ratio' as const, n, mSum: yes, mSumSquares: yes, dSum: n, dSumSquares: n, mdSum: yes },
      usersWithEvent: null,
    });
    const metrics = [
      ...RUNNING.metrics,
      { metric: 'review_accuracy' as const, role: 'secondary' as const, target: null, margin: null },
      { metric: 'review_redundancy' as const, role: 'secondary' as const, target: null, margin: null },
    ];
    const reviews = { review_accuracy: [found(400, 280), found(400, 372)] };
    await open(fakeExperiments([{ ...RUNNING, metrics }], () => sumsOf({}), reviews));
    const [accuracy, redundancy] = (await report()).metrics.slice(-2);
    expect(accuracy).toMatchObject({
      metric: 'review_accuracy',
      verdict: 'better',
      numbers: { control: 0.7, treatment: 0.93, effect: { scale: 'difference' } },
    });
    expect(redundancy).toMatchObject({ verdict: 'not_enough_data', numbers: null });
  });

  it('has no numbers where the data cannot answer', async () => {
    await open(found({}, { users: [90, 95] }), START + HOUR);
    const { metrics, status } = await report();
    expect(status).toBe('running');
    for (const metric of metrics) expect(metric).toMatchObject({ verdict: 'not_enough_data', numbers: null });
    expect(metrics[0].because).toBe('insufficient_users');
  });

  it('ends where the experiment was stopped, and leaves out arms that were stopped before', async () => {
    const stopped_at = new Date(START + 10 * HOUR).toISOString();
    const arms = [
      ...RUNNING.arms,
      { name: 'other', model_id: 'x', share: 20, stopped_at: RUNNING.started_at },
    ];
    const experiments = found({ status: 'stopped', stopped_at, stopped_because: 'operator', arms });
    await open(experiments);
    expect(await report()).toMatchObject({ status: 'stopped_early', read_at: stopped_at, arms: [{}, {}] });
    expect(experiments.asked[0]?.population).toMatchObject({ arms: ['control', 'treatment'] });
  });

  it('is refused for a draft, and for what does not exist', async () => {
    await open(found({ status: 'draft', started_at: null }));
    expect((await rig.call('GET', `/experiments/${INPUT.id}/report`)).status).toBe(409);
    expect((await rig.call('GET', '/experiments/none/report')).status).toBe(404);
  });

  it('can be sent to a colleague, in both languages, and carries no tag or formula of a name', async () => {
    await open(found());
    const markdown = await text('report.md');
    expect(markdown).toContain('# Qwen3 \\<b\\>against\\</b\\> Qwen2');
    expect(markdown).toMatch(
      /\| Task completion \| primary \| treatment \| better \| 6\d\.\d % \| \d+\.\d % \| \+\d/,
    );
    const html = await text('report.html?language=zh-CN');
    expect(html).toContain('<h1>Qwen3 &lt;b&gt;against&lt;/b&gt; Qwen2</h1>');
    expect(html).toContain('<html lang="zh-CN">');
    expect(html).toContain('任务完成率');
    const [head, ...rows] = parseCsv(await text('report.csv'));
    expect(head?.slice(0, 4)).toEqual(['metric', 'role', 'arm', 'verdict']);
    expect(rows.map((row) => [row[0], row[3]])).toContainEqual(['task_completion', 'better']);
  });
});

describe('a plan', () => {
  const { id: _, name: __, ...outline } = INPUT;
  const plan = (body: object) => rig.call('POST', '/experiments/plan', body);
  const route = (users: number) =>
    fakeExperiments([RUNNING], () =>
      sumsOf(
        { users: [users, users] },
        {
          firstAtMs: START + 44 * HOUR,
          health: {
            ...sumsOf({}).health,
            byStratum: [{ stratum: 'unknown', users: [users] }],
          },
        },
      ),
    );

  it('says what the planned time can show at the present traffic, as its schema says', async () => {
    await open(route(3_000));
    const { status, body } = await plan(outline);
    expect(status).toBe(200);
    expect(validate(ExperimentPlan, body)).toEqual({ ok: true, value: body });
    expect(body).toMatchObject({
      users_per_day: 2_000,
      expected_users: 2_400,
      observed_from: expect.any(String),
    });
    expect(body.metrics[0]).toMatchObject({
      metric: 'task_completion',
      numbers: { baseline: expect.closeTo(0.63, 1), effect: 0.08, scale: 'difference' },
    });
    expect(body.metrics[1].numbers).toMatchObject({ scale: 'ratio', effect: expect.closeTo(0.7, 9) });
    expect((await plan({ experiment_id: INPUT.id })).body.metrics).toEqual(body.metrics);
  });

  it('says before the start that the time is not enough', async () => {
    await open(route(150));
    const { body } = await plan(outline);
    expect(body.is_enough).toBe(false);
    expect(body.metrics[0].numbers).toMatchObject({ is_enough: false, days: expect.any(Number) });
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'route_id'],
    ['an unknown route', { ...outline, route_id: 'nowhere' }, 'route_id'],
    [
      'a metric that cannot be compared',
      { ...outline, metrics: [{ metric: 'latency_mean', role: 'primary' }] },
      'metrics[0].metric',
    ],
  ])('is refused for %s', async (_name, body, path) => {
    await open(route(3_000));
    const answer = await plan(body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
  });
});
