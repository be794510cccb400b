import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, addModels, openAdminRig, pasted } from '../../../test/support/admin-rig.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
  await addModels(rig, 'a', 'b');
});
afterEach(() => rig.close());

describe('routes', () => {
  it('take the pasted form and say what was decided', async () => {
    const { status, headers, body } = await rig.call('POST', '/routes', pasted());
    expect(status).toBe(201);
    expect(headers.location).toBe('/admin/v1/routes/default');
    expect(body).toMatchObject({
      id: 'default',
      default: true,
      strategy: 'hash_user_id',
      stickiness: 'user',
      enabled: true,
      stable_model_id: 'a',
      aliases: [],
      audiences: [],
      rules: [
        { model_id: 'a', weight: 80, description: '' },
        { model_id: 'b', weight: 20, description: '' },
      ],
    });
    expect(body.notes).toEqual([
      'no id was given: the route is called "default"',
      'no stable_model_id was given: "a", the model of the first rule, is the stable one',
      'the first route is the default route',
    ]);
    const twice = await rig.call('POST', '/routes', pasted());
    expect([twice.status, twice.body.errors[0].path]).toEqual([409, 'id']);
    expect(twice.body.detail).toContain('PATCH /admin/v1/routes/default');
  });

  it('take the pasted form as a patch; rules alone leave the stable model', async () => {
    await rig.call('POST', '/routes', pasted());
    const pastedPatch = await rig.call('PATCH', '/routes/default', pasted('b', 'a'));
    expect(pastedPatch.body.stable_model_id).toBe('b');
    expect(pastedPatch.body.notes[0]).toContain('"b", the model of the first rule');
    const { rules } = pasted('a', 'b');
    const rulesOnly = await rig.call('PATCH', '/routes/default', { rules });
    expect(rulesOnly.body.stable_model_id).toBe('b');
    expect(rulesOnly.body.notes).toBeUndefined();
  });

  it.each([
    [
      'a sum of 99.99',
      [
        ['a', 80],
        ['b', 19.99],
      ],
      'rules',
      'add up to 99.99',
    ],
    [
      'a sum of 100.01',
      [
        ['a', 80.01],
        ['b', 20],
      ],
      'rules',
      'add up to 100.01',
    ],
    [
      'an unknown model',
      [
        ['a', 80],
        ['x', 20],
      ],
      'rules[1].model_id',
      'no model "x"',
    ],
    [
      'three decimals',
      [
        ['a', 80.001],
        ['b', 19.999],
      ],
      'rules[0].weight',
      'steps of 0.01',
    ],
  ])('refuse %s', async (_name, rules, path, words) => {
    const body = { id: 'r', rules: rules.map(([model_id, weight]) => ({ model_id, weight })) };
    const answer = await rig.call('POST', '/routes', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(path);
    expect(answer.body.errors[0].message).toContain(words);
    expect((await rig.call('GET', '/routes')).body.items).toEqual([]);
  });

  it('take two decimals whose binary sum is not 100', async () => {
    const rules = [33.33, 33.33, 33.34].map((weight) => ({ model_id: 'a', weight }));
    expect((await rig.call('POST', '/routes', { id: 'r', rules })).status).toBe(201);
  });

  it.each(['qwen2:7b', 'Qwen/Qwen3-32B', 'hf.co/bartowski/x-GGUF:Q4_K_M', 'gpt-4o@2024'])(
    'take the alias %s',
    async (alias) => {
      await rig.call('POST', '/routes', { ...pasted(), aliases: [alias] });
      expect(rig.published.at(-1)?.routesByName.get(alias)?.route.id).toBe('default');
    },
  );

  it('share one namespace with models', async () => {
    const asModel = await rig.call('POST', '/routes', { id: 'a', ...pasted() });
    expect([asModel.status, asModel.body.errors[0].path]).toEqual([409, 'id']);
    const alias = await rig.call('POST', '/routes', { ...pasted(), aliases: ['x', 'b'] });
    expect([alias.status, alias.body.errors[0].path]).toEqual([409, 'aliases[1]']);
  });

  it('hand the default mark over in one step', async () => {
    await rig.call('POST', '/routes', pasted());
    const second = await rig.call('POST', '/routes', { id: 'r', default: true, ...pasted() });
    expect(second.body.notes).toContain('route "default" was the default route; "r" is now');
    expect(rig.published.every((snapshot) => snapshot.routes.length === 0 || snapshot.defaultRoute)).toBe(
      true,
    );
    expect((await rig.call('GET', '/routes/default')).body).toMatchObject({ default: false });
    expect(rig.published.at(-1)?.defaultRoute?.route.id).toBe('r');
  });

  it('are disabled and enabled in one call, twice as well as once, at any version', async () => {
    await rig.call('POST', '/routes', pasted());
    const off = await rig.call('POST', '/routes/default/disable');
    expect(off.body).toMatchObject({
      enabled: false,
      config_version: 4,
      rules: [{ weight: 80 }, { weight: 20 }],
    });
    expect(rig.published.at(-1)?.defaultRoute?.route.enabled).toBe(false);
    expect((await rig.call('POST', '/routes/default/disable')).body.config_version).toBe(4);
    expect((await rig.call('POST', '/routes/default/enable', {})).body).toMatchObject({
      enabled: true,
      config_version: 5,
    });
    const stale = await rig.call('POST', '/routes/default/disable', undefined, { 'if-match': '"3"' });
    expect(stale.status).toBe(412);
  });

  it('go back to how they were in a version, also after they were deleted', async () => {
    const created = await rig.call('POST', '/routes', pasted());
    await rig.call('PATCH', '/routes/default', { rules: [{ model_id: 'b', weight: 100 }], name: 'changed' });
    await rig.call('DELETE', '/routes/default');
    const { status, body } = await rig.call('POST', '/routes/default/rollback', {
      version: created.body.version,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'default',
      version: 6,
      config_version: 6,
      rules: [{ weight: 80 }, { weight: 20 }],
    });
    for (const version of [2, 99]) {
      const none = await rig.call('POST', '/routes/default/rollback', { version });
      expect([none.status, none.body.errors[0].path]).toEqual([400, 'version']);
    }
  });
});

describe('explain', () => {
  beforeEach(async () => {
    const audiences = [
      { name: 'beta', match: { user_ids: ['alice'] }, model_id: 'b' },
      { name: 'new', match: { created_after: '2025-06-01' }, model_id: 'b' },
    ];
    await rig.call('POST', '/routes', { ...pasted(), audiences });
  });

  it('tells one user’s bucket, rule and reason', async () => {
    const { body } = await rig.call('GET', '/routes/default/explain?user_id=uid_123456');
    expect(body).toEqual({
      route_id: 'default',
      config_version: 3,
      user_id: 'uid_123456',
      bucket: 89,
      position: 8964,
      assigned_model_id: 'b',
      serving_model_id: 'b',
      reason: 'rule',
      fallback: null,
      rule: { index: 1, model_id: 'b', from: 80, below: 100 },
      audience: null,
      experiment: null,
      arm: null,
      pinned_model_id: null,
      pin_broken: null,
      refusal: null,
    });
  });

  it('sees audiences, disabled routes and disabled models', async () => {
    const of = async (query: string) => (await rig.call('GET', `/routes/default/explain?${query}`)).body;
    expect(await of('user_id=alice')).toMatchObject({
      bucket: 0,
      assigned_model_id: 'b',
      reason: 'audience',
      audience: 'beta',
      rule: { index: 0, model_id: 'a' },
    });
    expect(await of('user_id=bob&created_at=2025-07-01')).toMatchObject({ audience: 'new' });
    await rig.call('PATCH', '/models/b', { enabled: false });
    expect(await of('user_id=alice')).toMatchObject({
      assigned_model_id: 'b',
      serving_model_id: 'a',
      fallback: 'disabled',
    });
    await rig.call('POST', '/routes/default/disable');
    expect(await of('user_id=alice')).toMatchObject({ assigned_model_id: 'a', reason: 'route_disabled' });
  });

  it('tells 10,000 users at once, and no more', async () => {
    const user_ids = Array.from({ length: 10_000 }, (_, i) => `user_${i}`);
    const { status, body } = await rig.call('POST', '/routes/default/explain', { user_ids });
    expect(status).toBe(200);
    expect(body.counts.a + body.counts.b).toBe(10_000);
    expect(Math.abs(body.counts.b - 2_000)).toBeLessThan(160); // four standard deviations of a binomial split
    const tooMany = await rig.call('POST', '/routes/default/explain', { user_ids: [...user_ids, 'x'] });
    expect([tooMany.status, tooMany.body.errors[0].path]).toEqual([400, 'user_ids']);
  });

  it('asks for a user and knows only routes', async () => {
    expect((await rig.call('GET', '/routes/default/explain')).body.errors[0]).toEqual({
      path: 'user_id',
      message: 'is missing',
    });
    expect((await rig.call('GET', '/routes/none/explain?user_id=x')).status).toBe(404);
  });
});
