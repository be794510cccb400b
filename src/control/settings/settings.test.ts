import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, openAdminRig } from '../../../test/support/admin-rig.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});

describe('settings and intents', () => {
  it('are merged section by section, and in force at once', async () => {
    const patch = { identity: { fallback: 'api_key' }, limits: { body_bytes: 2_048 } };
    const { body } = await rig.call('PATCH', '/settings', patch);
    expect(body).toMatchObject({
      identity: { fallback: 'api_key' },
      limits: { body_bytes: 2_048 },
      config_version: 1,
    });
    expect(body.identity.user_sources).toHaveLength(8);
    expect(rig.published.at(-1)?.settings).toMatchObject({
      identityFallback: 'api_key',
      maxBodyBytes: 2_048,
    });
    const faulty = await rig.call('PATCH', '/settings', { identity: { user_sources: ['cookie:x'] } });
    expect(faulty.body.errors[0].path).toBe('identity.user_sources[0]');
  });

  it('hold a list of intents', async () => {
    const rule = { any_of: ['refund no. *', '退款编号*'] };
    const intents = [
      { name: 'refund', phrases: ['money back', '退款'], rule },
      { name: '查订单', phrases: ['*订单*'] },
    ];
    const { body } = await rig.call('PUT', '/intents', { intents });
    expect(body).toEqual({ intents, version: 1, managed_by: null, config_version: 1 });
    expect((await rig.call('GET', '/intents')).body).toEqual({ intents, version: 1, managed_by: null });
    expect(rig.published.at(-1)?.intents.map(({ name }) => name)).toEqual(['refund', '查订单']);
    await rig.call('PUT', '/intents', { intents: [] }, { 'if-match': '"1"' });
    expect(rig.published.at(-1)?.intents).toEqual([]);
    const stale = await rig.call('PUT', '/intents', { intents: [] }, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    await rig.call('POST', '/config/rollback', { version: 1 });
    expect((await rig.call('GET', '/intents')).body).toMatchObject({ intents, version: 3 });
    expect((await rig.call('GET', '/audit?limit=3')).body.items.at(-1)).toMatchObject({
      action: 'intents.replace',
    });
  });

  it.each([
    [
      'two of one name',
      [
        { name: 'a', phrases: ['x'] },
        { name: 'a', phrases: ['y'] },
      ],
      'intents[1].name',
    ],
    ['a phrase without a word', [{ name: 'a', phrases: ['x', '**'] }], 'intents[0].phrases[1]'],
    [
      'a rule without a word',
      [{ name: 'a', phrases: ['x'], rule: { none_of: ['?!'] } }],
      'intents[0].rule.none_of[0]',
    ],
    ['no phrases', [{ name: 'a', phrases: [] }], 'intents[0].phrases'],
    ['a rule that demands nothing', [{ name: 'a', phrases: ['x'], rule: {} }], 'intents[0].rule'],
  ])('refuse %s', async (_what, intents, path) => {
    const { status, body } = await rig.call('PUT', '/intents', { intents });
    expect([status >= 400 && status < 500, body.errors?.[0].path]).toEqual([true, path]);
  });

  it('name a judge that there is, and that then stays', async () => {
    expect((await rig.call('GET', '/settings')).body.judge).toMatchObject({
      model_id: null,
      sample_percent: 100,
    });
    const unknown = await rig.call('PATCH', '/settings', { judge: { model_id: 'judge' } });
    expect([unknown.status, unknown.body.errors]).toEqual([
      400,
      [{ path: 'judge.model_id', message: 'there is no model "judge"' }],
    ]);
    const model = { id: 'judge', protocol: 'ollama', base_url: 'http://127.0.0.1:1', upstream_model: 'x' };
    await rig.call('POST', '/models', model);
    await rig.call('PATCH', '/settings', { judge: { model_id: 'judge', sample_percent: 12.5, wait: '0s' } });
    expect(rig.published.at(-1)?.settings.judge).toEqual({
      modelId: 'judge',
      samplePercent: 12.5,
      dailyBudget: 1_000,
      waitMs: 0,
      timeoutMs: 60_000,
      concurrency: 1,
    });
    const removal = await rig.call('DELETE', '/models/judge');
    expect([removal.status, removal.body.errors[0].path]).toEqual([409, 'settings judge.model_id']);
    await rig.call('PATCH', '/settings', { judge: { model_id: null } });
    expect((await rig.call('DELETE', '/models/judge')).status).toBe(200);
  });

  it('let each list of follow-up phrases be replaced by itself', async () => {
    const patch = { sessions: { follow_up_phrases: { en: ['what was that'] } } };
    const { body } = await rig.call('PATCH', '/settings', patch);
    expect(body.sessions.idle).toBe('15m');
    expect(body.sessions.follow_up_phrases).toMatchObject({
      en: ['what was that'],
      zh: expect.arrayContaining(['没听懂']),
    });
    const sources = rig.published.at(-1)?.followUpPhrases.map(({ source }) => source);
    expect(sources).toEqual(expect.arrayContaining(['没听懂', 'what was that']));
    expect(sources).not.toContain('pardon');
  });
});
