import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AdminRig,
  addModels,
  modelInput,
  openAdminRig,
  pasted,
} from '../../../test/support/admin-rig.ts';
import { watchExperiments } from './end.ts';

const EXPERIMENT = {
  id: 'b-vs-a',
  route_id: 'default',
  duration: '72h',
  arms: [
    { name: 'control', model_id: 'a', share: 20 },
    { name: 'treatment', model_id: 'b', share: 20 },
  ],
  metrics: [
    { metric: 'task_completion', role: 'primary', target: { absolute: 0.08 } },
    { metric: 'error_rate', role: 'guardrail', margin: 0.005 },
  ],
};
const [control, treatment] = EXPERIMENT.arms;

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
  await addModels(rig, 'a', 'b', 'c');
  await rig.call('POST', '/routes', pasted());
});
afterEach(() => rig.close());

const create = (more: object = {}) => rig.call('POST', '/experiments', { ...EXPERIMENT, ...more });
const command = (verb: string, id = EXPERIMENT.id) => rig.call('POST', `/experiments/${id}/${verb}`);
const shown = async (id = EXPERIMENT.id) => (await rig.call('GET', `/experiments/${id}`)).body;
const live = () => rig.published.at(-1)?.routesByName.get('default')?.experiment ?? null;

describe('experiments', () => {
  it('are drafts with everything filled in, and decide nothing yet', async () => {
    const { status, headers, body } = await create();
    expect([status, headers.location]).toEqual([201, '/admin/v1/experiments/b-vs-a']);
    expect(body).toMatchObject({
      name: 'b-vs-a',
      salt: expect.stringMatching(/^salt_/),
      strata: null,
      rule: { primaries: 'all', evidence: 'better' },
      status: 'draft',
      started_at: null,
      arms: [{ ...control, stopped_at: null }, { share: 20 }],
      metrics: [{ margin: null }, { target: null, margin: 0.005 }],
    });
    expect(live()).toBeNull();
    expect((await rig.call('GET', '/experiments')).body.items).toMatchObject([{ id: 'b-vs-a' }]);
    expect((await create()).status).toBe(409);
  });

  it.each<[string, object, string]>([
    ['an unknown model', { arms: [control, { ...treatment, model_id: 'x' }] }, 'arms[1].model_id'],
    ['an unknown route', { route_id: 'nowhere' }, 'route_id'],
    ['one arm', { arms: [control] }, 'arms'],
    [
      'arms that would overlap',
      { arms: ['a', 'b', 'c'].map((id) => ({ name: id, model_id: id, share: 34 })) },
      'arms[0].share',
    ],
    ['a name twice', { arms: [control, { ...treatment, name: 'control' }] }, 'arms[1].name'],
    ['no primary metric', { metrics: EXPERIMENT.metrics.slice(1) }, 'metrics'],
    [
      'a metric that arms cannot be compared by',
      { metrics: [{ metric: 'error_count', role: 'primary' }] },
      'metrics[0].metric',
    ],
    [
      'a guardrail without a margin',
      { metrics: [EXPERIMENT.metrics[0], { metric: 'error_rate', role: 'guardrail' }] },
      'metrics[1].margin',
    ],
    ['an unknown field', { colour: 'red' }, 'colour'],
    [
      'weights of nothing',
      { strata: { new_user_within: '7d', weights: { new: 0, returning: 50 } } },
      'strata.weights',
    ],
  ])('are refused with %s', async (_, more, path) => {
    const { status, body } = await create(more);
    expect([status, body.errors[0].path]).toEqual([400, path]);
    expect((await rig.call('GET', '/experiments')).body.items).toEqual([]);
  });

  it('take a salt, but none that another has', async () => {
    await create({ salt: 'mine' });
    const second = await create({ id: 'second', salt: 'mine' });
    expect([second.status, second.body.errors[0].path]).toEqual([400, 'salt']);
    expect((await create({ id: 'second', salt: 'generated' })).body.salt).toMatch(/^salt_/);
  });

  it('start, with the end fixed, and stop; each change is a version with an audit entry', async () => {
    await create();
    const started = await command('start');
    expect(started.body).toMatchObject({ status: 'running', differences: [] });
    expect(Date.parse(started.body.ends_at) - Date.parse(started.body.started_at)).toBe(72 * 3_600_000);
    expect(live()?.arms.map((arm) => [arm.name, arm.model?.id])).toEqual([
      ['control', 'a'],
      ['treatment', 'b'],
    ]);
    const changed = await rig.call('PATCH', '/experiments/b-vs-a', { duration: '96h' });
    expect([changed.status, changed.body.errors[0].path]).toEqual([409, 'status']);
    expect((await rig.call('DELETE', '/experiments/b-vs-a')).status).toBe(409);
    expect((await command('archive')).status).toBe(409);
    const stopped = await command('stop');
    expect(stopped.body).toMatchObject({ status: 'stopped', stopped_because: 'operator' });
    expect(stopped.body.config_version).toBe(started.body.config_version + 1);
    expect((await command('stop')).body.config_version).toBe(stopped.body.config_version);
    expect(live()).toBeNull();
    expect((await command('start')).status).toBe(409);
    expect((await command('archive')).body.status).toBe('archived');
    const { items } = (await rig.call('GET', '/audit?limit=4')).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'experiments.archive',
      'experiments.stop',
      'experiments.stop',
      'experiments.start',
    ]);
  });

  it('change and go away while they are drafts, by the version that was seen', async () => {
    const { version } = (await create()).body;
    const patched = await rig.call('PATCH', '/experiments/b-vs-a', {
      duration: '96h',
      rule: { evidence: 'target' },
    });
    expect(patched.body).toMatchObject({ duration: '96h', rule: { primaries: 'all', evidence: 'target' } });
    const stale = await rig.call('DELETE', '/experiments/b-vs-a', undefined, { 'if-match': `"${version}"` });
    expect(stale.status).toBe(412);
    expect((await rig.call('DELETE', '/experiments/b-vs-a')).body).toMatchObject({ deleted: true });
    expect((await rig.call('GET', '/experiments/b-vs-a')).status).toBe(404);
  });

  it('run one at a time on a route', async () => {
    await create();
    await create({ id: 'second' });
    await command('start');
    const second = await command('start', 'second');
    expect([second.status, second.body.errors[0].path]).toEqual([409, 'route_id']);
    expect(second.body.detail).toContain('experiment "b-vs-a" runs on route "default"');
    await command('stop');
    expect((await command('start', 'second')).status).toBe(200);
  });

  it('start only with models that differ in nothing that was not accepted, and that may serve', async () => {
    await rig.call('PATCH', '/models/b', { system_prompt: 'Be brief.', options: { num_ctx: 8_192 } });
    await create({ accepted_differences: ['options'] });
    const refused = await command('start');
    expect([refused.status, refused.body.errors[0].path]).toEqual([409, 'accepted_differences']);
    expect(refused.body.detail).toContain('differ in system_prompt, too');
    await rig.call('PATCH', '/experiments/b-vs-a', { accepted_differences: ['options', 'system_prompt'] });
    await rig.call('POST', '/models/b/disable');
    const disabled = await command('start');
    expect([disabled.status, disabled.body.errors[0].path]).toEqual([409, 'arms[1].model_id']);
    await rig.call('POST', '/models/b/enable');
    await rig.call('POST', '/routes/default/disable');
    expect((await command('start')).body.errors[0].path).toBe('route_id');
    await rig.call('POST', '/routes/default/enable');
    const started = await command('start');
    expect(started.body.differences).toEqual(['system_prompt', 'options']);
    expect(started.body.notes).toHaveLength(2);
  });

  it('stop when their route or a model is disabled, and do not come back with them', async () => {
    await create();
    await command('start');
    const disabled = await rig.call('POST', '/models/b/disable');
    expect(await shown()).toMatchObject({
      status: 'stopped',
      stopped_because: 'model_disabled',
      version: disabled.body.config_version,
      arms: [{ stopped_at: null }, { stopped_at: expect.any(String) }],
    });
    await rig.call('POST', '/models/b/enable');
    expect((await shown()).status).toBe('stopped');
    await create({ id: 'second' });
    await command('start', 'second');
    await rig.call('POST', '/routes/default/disable');
    expect(await shown('second')).toMatchObject({ status: 'stopped', stopped_because: 'route_disabled' });
    await rig.call('POST', '/routes/default/enable');
    expect(live()).toBeNull();
  });

  it('go on without an arm while two are left', async () => {
    await create({ arms: [control, treatment, { name: 'other', model_id: 'c', share: 20 }] });
    await command('start');
    await rig.call('PATCH', '/models/c', { enabled: false });
    expect(await shown()).toMatchObject({
      status: 'running',
      arms: [{ stopped_at: null }, { stopped_at: null }, { stopped_at: expect.any(String) }],
    });
    expect(live()?.arms.map((arm) => arm.model?.id ?? null)).toEqual(['a', 'b', null]);
  });

  it('note what of their models was edited while they ran', async () => {
    await create();
    await command('start');
    await rig.call('PATCH', '/models/b', { timeout: '60s', name: 'B', breaker: { min_requests: 30 } });
    await rig.call('PATCH', '/models/c', { timeout: '60s' });
    expect((await shown()).edits).toEqual([{ at: expect.any(String), model_id: 'b', field: 'timeout' }]);
  });

  it('hold their models and their route while they are not over', async () => {
    await create();
    const route = await rig.call('DELETE', '/routes/default');
    expect([route.status, route.body.errors[0].path]).toEqual([409, 'experiments/b-vs-a route_id']);
    await rig.call('PATCH', '/routes/default', {
      rules: [{ model_id: 'c', weight: 100 }],
      stable_model_id: 'c',
    });
    const model = await rig.call('DELETE', '/models/b');
    expect([model.status, model.body.errors[0].path]).toEqual([409, 'experiments/b-vs-a arms[1].model_id']);
    const config = await rig.call('PUT', '/config', {
      models: [modelInput('c')],
      routes: [{ id: 'default', rules: [{ model_id: 'c', weight: 100 }] }],
    });
    expect(config.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'experiments/b-vs-a arms[0].model_id',
      'experiments/b-vs-a arms[1].model_id',
    ]);
    await command('archive');
    expect((await rig.call('DELETE', '/models/b')).status).toBe(200);
  });

  it('are seen by explain', async () => {
    await create({ salt: 'salt' });
    await command('start');
    const user_ids = Array.from({ length: 40 }, (_, i) => `uid_${i}`);
    const { body } = await rig.call('POST', '/routes/default/explain', { user_ids });
    const arms = body.items.map(
      ({ reason, experiment, arm, assigned_model_id }: Record<string, string | null>) =>
        `${reason} ${experiment} ${arm} ${arm === null || assigned_model_id}`,
    );
    expect(new Set(arms)).toEqual(
      new Set(['rule null null true', 'experiment b-vs-a control a', 'experiment b-vs-a treatment b']),
    );
  });

  it('end when their time is over', async () => {
    await create({ duration: '1m' });
    await command('start');
    const troubles: string[] = [];
    const { door } = rig.control.core();
    const clock = { nowMs: () => Date.parse(ends) + offsetMs, monotonicMs: () => 0 };
    const ends = (await shown()).ends_at;
    let offsetMs = -1;
    await watchExperiments({ door, clock }, (trouble) => troubles.push(trouble)).close();
    expect((await shown()).status).toBe('running');
    offsetMs = 0;
    await watchExperiments({ door, clock }, (trouble) => troubles.push(trouble)).close();
    expect(await shown()).toMatchObject({
      status: 'stopped',
      stopped_because: 'time_over',
      stopped_at: ends,
    });
    expect(troubles).toEqual([]);
  });

  it('are read by viewers and changed by operators', async () => {
    const keyOf = async (role: string) => {
      const { body } = await rig.call('POST', '/keys', { name: role, role });
      return { authorization: `Bearer ${body.key}` };
    };
    const viewer = await keyOf('viewer');
    expect((await rig.call('POST', '/experiments', EXPERIMENT, viewer)).status).toBe(403);
    expect((await rig.call('POST', '/experiments', EXPERIMENT, await keyOf('operator'))).status).toBe(201);
    expect((await rig.call('GET', '/experiments/b-vs-a', undefined, viewer)).status).toBe(200);
    expect((await rig.call('POST', '/experiments/b-vs-a/start', undefined, viewer)).status).toBe(403);
  });
});
