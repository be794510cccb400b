import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gate, openRolloutRig, PLAN, type RolloutRig, stage } from '../../../test/support/rollout-rig.ts';

let rig: RolloutRig;
beforeEach(async () => {
  rig = await openRolloutRig(PLAN);
});
afterEach(async () => {
  expect([rig.internalErrors, rig.troubles]).toEqual([[], []]);
  await rig.close();
});
describe('a plan', () => {
  const create = (plan: object) =>
    rig.call('POST', '/rollouts', { id: 'other', route_id: 'support', candidate_model_id: 'b', ...plan });

  it('is the standard one where none is written', async () => {
    const made = await create({ template: 'standard' });
    expect(made.status).toBe(201);
    expect(made.body.stages.map(({ weight }: { weight: number }) => weight)).toEqual([1, 5, 20, 50, 100]);
    expect(made.body.warnings).toMatchObject([{ message: expect.stringContaining('on_overflow') }]);
  });

  it('is read with the time that each stage will take at the present traffic', async () => {
    const slow = { ...gate, min_samples: 600 };
    const many = { ...gate, min_samples: 100_000 };
    const made = await create({
      stages: [stage(1, { gates: [slow] }), stage(2, { gates: [many] }), stage(100)],
    });
    expect(made.body.outlook).toMatchObject([
      { stage: 0, status: 'too_slow', days: 7.5, gates: [{ en: '600 requests at 80 a day = 7.5 days' }] },
      { stage: 1, status: 'too_slow' },
      { stage: 2, status: 'fits' },
    ]);
    expect(made.body.warnings).toMatchObject([
      { path: 'stages[0].max_wait', message: expect.stringContaining('7.5 days') },
      { path: 'stages[1].max_wait' },
    ]);
    expect((await rig.call('GET', '/rollouts/other')).body.outlook).toHaveLength(3);
    await rig.command('start');
    expect((await rig.rollout()).outlook).toEqual([]);
  });

  it.each([
    ['no such model', { candidate_model_id: 'x' }, 'candidate_model_id'],
    ['no such route', { route_id: 'x' }, 'route_id'],
    ['the stable model', { candidate_model_id: 'a' }, 'candidate_model_id'],
    ['stages that shrink', { stages: [stage(20), stage(5), stage(100)] }, 'stages[1].weight'],
    [
      'a number of seconds',
      { stages: [stage(100, { gates: [{ ...gate, metric: 'latency_p95' }] })] },
      'stages[0].gates[0].value',
    ],
  ])('is refused with %s', async (_, plan, path) => {
    const { status, body } = await create(plan);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it('is refused under an id that is taken, and on a route that a file owns', async () => {
    expect((await create({ id: 'june' })).status).toBe(409);
    const owned = await openRolloutRig(PLAN, {
      ownedConfig: {
        models: [
          { id: 'a', protocol: 'ollama', base_url: 'http://127.0.0.1:1', upstream_model: 'a' },
          { id: 'b', protocol: 'ollama', base_url: 'http://127.0.0.1:1', upstream_model: 'b' },
        ],
        routes: [{ id: 'support', rules: [{ model_id: 'a', weight: 100 }] }],
      },
    });
    const made = { id: 'june', route_id: 'support', candidate_model_id: 'b' };
    expect(await owned.call('POST', '/rollouts', made)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('file') },
    });
    await owned.close();
  });
});
