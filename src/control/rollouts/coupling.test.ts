import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRolloutRig, PLAN, type RolloutRig } from '../../../test/support/rollout-rig.ts';

let rig: RolloutRig;
beforeEach(async () => {
  rig = await openRolloutRig(PLAN);
});
afterEach(async () => {
  expect([rig.internalErrors, rig.troubles]).toEqual([[], []]);
  await rig.close();
});
describe('beneath an active rollout', () => {
  it('shares and models cannot be taken away', async () => {
    await rig.command('start');
    const rules = [
      { model_id: 'a', weight: 50 },
      { model_id: 'c', weight: 50 },
    ];
    for (const [method, path, body] of [
      ['PATCH', '/routes/support', { rules }],
      ['PATCH', '/routes/support', { stable_model_id: 'c' }],
      ['DELETE', '/routes/support', undefined],
      ['DELETE', '/models/b', undefined],
      ['PUT', '/config', { models: [], routes: [] }],
      ['POST', '/config/rollback', { version: 1 }],
    ] as const) {
      const refused = await rig.call(method, path, body);
      expect([path, refused.status, refused.body.detail]).toEqual([
        path,
        409,
        expect.stringContaining('"june" is active'),
      ]);
    }
    expect((await rig.call('PATCH', '/routes/support', { name: 'Support' })).status).toBe(200);
    const second = { id: 'second', route_id: 'support', candidate_model_id: 'c' };
    await rig.call('POST', '/rollouts', second);
    const started = await rig.call('POST', '/rollouts/second/start', { stage: 0, expected_version: 0 });
    expect([started.status, started.body.detail]).toEqual([409, expect.stringContaining('Another rollout')]);
  });

  it('a disabled candidate ends it, and a disabled route pauses it', async () => {
    await rig.command('start');
    await rig.call('POST', '/routes/support/disable');
    rig.watch.worldChanged();
    await new Promise(setImmediate);
    await rig.watch.look();
    expect((await rig.rollout()).blocks.map(({ block }) => block)).toEqual([
      'operator_pause',
      'route_disabled',
    ]);
    await rig.call('POST', '/routes/support/enable');
    await rig.pass(10_000);
    expect((await rig.rollout()).blocks.map(({ block }) => block)).toEqual(['operator_pause']);
    await rig.call('POST', '/models/b/disable');
    await rig.pass(10_000);
    expect(await rig.rollout()).toMatchObject({ status: 'aborted', ended: { said: { code: 'killed' } } });
  });

  it('an open breaker of the candidate holds it, and a second opening ends it', async () => {
    await rig.command('start');
    await rig.call('POST', '/breakers/b/open');
    await rig.pass(10_000);
    expect(await rig.rollout()).toMatchObject({ status: 'active', blocks: [{ block: 'breaker_candidate' }] });
    await rig.call('POST', '/breakers/b/close');
    await rig.pass(10_000);
    expect((await rig.rollout()).blocks).toEqual([]);
    await rig.call('POST', '/breakers/b/open');
    await rig.pass(10_000);
    expect(await rig.rollout()).toMatchObject({
      status: 'aborted',
      ended: { said: { code: 'breaker_again' } },
    });
  });
});
