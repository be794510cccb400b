import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AdminRig,
  addModels,
  modelInput,
  openAdminRig,
  pasted,
} from '../../../test/support/admin-rig.ts';

const KEY = 'sk-a-long-upstream-key-1234';
let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
});
afterEach(() => rig.close());

const apiKeyInForce = (id: string) => rig.published.at(-1)?.models.get(id)?.apiKey;

describe('models', () => {
  it('are created with every default, and are in force when the answer comes', async () => {
    const { status, headers, body } = await rig.call('POST', '/models', modelInput('a'));
    expect(status).toBe(201);
    expect(headers).toMatchObject({ etag: '"1"', location: '/admin/v1/models/a' });
    expect(body).toMatchObject({
      id: 'a',
      name: 'a',
      connect_timeout: '2s',
      timeout: '120s',
      idle_timeout: '60s',
      total_timeout: '30m',
      max_concurrent: 32,
      max_queue: 128,
      api_key: null,
      options: null,
      system_prompt: null,
      on_overflow: 'truncate',
      inject_usage: false,
      capture: 'full',
      enabled: true,
      breaker: {
        enabled: true,
        error_rate_pct: 3,
        window: '5m',
        min_requests: 20,
        min_failures: 5,
        consecutive_failures: 5,
        open: '300s',
        fallback_model_id: null,
      },
      version: 1,
      managed_by: null,
      config_version: 1,
    });
    expect(rig.published.at(-1)?.models.get('a')?.upstreamModel).toBe('a:7b');
    expect(rig.published.at(-1)?.version).toBe(1);
  });

  it.each(['qwen2:7b', 'Llama-3.1_8B.q4', 'x'.repeat(100)])('are reached by the id %.20s', async (id) => {
    await addModels(rig, id);
    for (const written of [id, encodeURIComponent(id)]) {
      expect((await rig.call('GET', `/models/${written}`)).body.id).toBe(id);
    }
    expect((await rig.call('POST', '/models', modelInput('x'.repeat(101)))).body.errors[0].path).toBe('id');
    expect((await rig.call('POST', '/models', modelInput('Qwen/Qwen3-32B'))).body.errors[0].path).toBe('id');
  });

  it('cannot take a name that is taken', async () => {
    await addModels(rig, 'a', 'b');
    await rig.call('POST', '/routes', { ...pasted(), aliases: ['qwen2:7b'] });
    for (const id of ['a', 'default', 'qwen2:7b']) {
      const { status, body } = await rig.call('POST', '/models', modelInput(id));
      expect([id, status, body.type]).toEqual([id, 409, 'urn:sluice:clash']);
      expect(body.detail).toContain(`"${id}"`);
    }
  });

  it('are patched field by field; the breaker too', async () => {
    await addModels(rig, 'a', 'b');
    const patch = { timeout: '5s', options: { num_ctx: 8192 }, breaker: { fallback_model_id: 'b' } };
    const { status, body } = await rig.call('PATCH', '/models/a', patch);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      timeout: '5s',
      idle_timeout: '60s',
      options: { num_ctx: 8192 },
      version: 3,
    });
    expect(body.breaker).toMatchObject({ fallback_model_id: 'b', window: '5m' });
    expect(rig.published.at(-1)?.models.get('a')).toMatchObject({ timeoutMs: 5_000, fallbackModelId: 'b' });
  });

  it('can be read, edited and given back whole', async () => {
    await rig.call('POST', '/models', { ...modelInput('a'), api_key: KEY });
    const read = await rig.call('GET', '/models/a');
    const answer = await rig.call('PATCH', '/models/a', { ...read.body, name: 'A' });
    expect(answer.body).toMatchObject({ name: 'A', api_key: '••••1234' });
    expect(apiKeyInForce('a')).toBe(KEY);

    const again = await rig.call('PATCH', '/models/a', { ...read.body, name: 'B' });
    expect([again.status, again.body.type]).toEqual([412, 'urn:sluice:stale']);
    expect((await rig.call('PATCH', '/models/a', { id: 'b' })).body.errors[0].path).toBe('id');
  });

  it('are not changed by a faulty patch', async () => {
    await addModels(rig, 'a');
    const { status, body } = await rig.call('PATCH', '/models/a', { protocol: 'openai' });
    expect([status, body.errors[0].path]).toEqual([400, 'base_url']);
    const loop = await rig.call('PATCH', '/models/a', { breaker: { fallback_model_id: 'a' } });
    expect([loop.status, loop.body.errors[0].path]).toEqual([400, 'breaker.fallback_model_id']);
    expect((await rig.call('GET', '/models/a')).body).toMatchObject({ protocol: 'ollama', version: 1 });
    expect(rig.published).toHaveLength(3); // the new store, the first snapshot, and the model
  });

  it('are deleted only when nothing uses them, and it is said what does', async () => {
    await addModels(rig, 'a', 'b', 'c');
    await rig.call('PATCH', '/models/b', { breaker: { fallback_model_id: 'a' } });
    const audiences = [{ name: 'beta', match: { segment: 'x' }, model_id: 'a' }];
    await rig.call('POST', '/routes', { ...pasted('b', 'a'), audiences });
    const { status, body } = await rig.call('DELETE', '/models/a');
    expect([status, body.type]).toEqual([409, 'urn:sluice:in_use']);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([
      'models/b breaker.fallback_model_id',
      'routes/default rules[1].model_id',
      'routes/default audiences[0].model_id',
    ]);
    expect((await rig.call('DELETE', '/models/c')).body).toMatchObject({ id: 'c', deleted: true });
    expect((await rig.call('GET', '/models/c')).status).toBe(404);
  });

  it('are checked through the model client', async () => {
    await addModels(rig, 'a');
    expect((await rig.call('POST', '/models/a/check')).body).toMatchObject({ model_id: 'a', ok: true });
    expect((await rig.call('POST', '/models/x/check')).status).toBe(404);
  });

  it('are listed page by page', async () => {
    await addModels(rig, 'c', 'a', 'b');
    const first = await rig.call('GET', '/models?limit=2');
    expect(first.body.items.map((model: { id: string }) => model.id)).toEqual(['a', 'b']);
    const second = await rig.call('GET', `/models?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ id: 'c' }], next_cursor: null });
  });
});

describe('the API key of a model', () => {
  it('is in force, encrypted in the store, and masked everywhere else', async () => {
    const { body } = await rig.call('POST', '/models', { ...modelInput('a'), api_key: KEY });
    expect(body.api_key).toBe('••••1234');
    expect(apiKeyInForce('a')).toBe(KEY);
    const answers = await Promise.all(
      ['/models', '/models/a', '/config', '/audit', '/config/versions'].map((path) => rig.call('GET', path)),
    );
    expect(JSON.stringify(answers)).not.toContain(KEY);
    const stored = await rig.control.core().store.load();
    expect(JSON.stringify(stored)).not.toContain(KEY);
    expect(Buffer.from(stored.secrets[0]?.sealed.bytes ?? []).includes(KEY)).toBe(false);
  });

  it('shows nothing of itself when it is short', async () => {
    const { body } = await rig.call('POST', '/models', { ...modelInput('a'), api_key: 'short-key' });
    expect(body.api_key).toBe('••••');
  });

  it.each([
    [undefined, KEY],
    ['••••1234', KEY],
    ['••••', KEY],
    ['sk-new', 'sk-new'],
    [null, null],
  ])('patched with %j is %j', async (api_key, expected) => {
    await rig.call('POST', '/models', { ...modelInput('a'), api_key: KEY });
    await rig.call('PATCH', '/models/a', api_key === undefined ? { name: 'x' } : { api_key });
    expect(apiKeyInForce('a')).toBe(expected);
  });

  it('is no part of a configuration version, but its change is audited', async () => {
    await addModels(rig, 'a');
    const { body } = await rig.call('PATCH', '/models/a', { api_key: KEY });
    expect(body).toMatchObject({ config_version: 1, api_key: '••••1234' });
    const audit = await rig.call('GET', '/audit?limit=1');
    expect(audit.body.items[0]).toMatchObject({
      action: 'models.update',
      before: { api_key: null },
      after: { api_key: '••••1234' },
      config_version: 1,
    });
  });

  it('cannot be a mask that stands for nothing', async () => {
    const { status, body } = await rig.call('POST', '/models', { ...modelInput('a'), api_key: '••••1234' });
    expect([status, body.errors[0].path]).toEqual([400, 'api_key']);
  });

  it('goes with the model', async () => {
    await rig.call('POST', '/models', { ...modelInput('a'), api_key: KEY });
    await rig.call('DELETE', '/models/a');
    await addModels(rig, 'a');
    expect(apiKeyInForce('a')).toBeNull();
    expect((await rig.control.core().store.load()).secrets).toEqual([]);
  });
});
