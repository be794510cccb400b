import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, hi, post, testModels, weatherTool } from '../test/support/sim-client.ts';
import { type SimServer, startModelServer } from './model-server.ts';

let server: SimServer;
beforeAll(async () => {
  server = await startModelServer({ port: 0, models: testModels, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => server.close());

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('Ollama', () => {
  it.each([
    ['/', 'text/plain; charset=utf-8', 'Ollama is running'],
    ['/api/version', 'application/json; charset=utf-8', '{"version":"0.33.0"}'],
  ])('GET and HEAD %s', async (path, type, text) => {
    const response = await fetch(server.url + path);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      type,
      text,
    ]);
    expect((await fetch(server.url + path, { method: 'HEAD' })).status).toBe(200);
  });

  it('lists models, and in /api/ps only the loaded ones with their memory', async () => {
    const tags = JSON.parse((await get(`${server.url}/api/tags`)).text);
    expect(tags.models.map((model: { name: string }) => model.name)).toEqual(
      testModels.map(({ name }) => name),
    );
    expect(tags.models[1]).toMatchObject({
      model: 'qwen3:32b',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { parameter_size: '32B' },
    });
    const ps = JSON.parse((await get(`${server.url}/api/ps`)).text);
    expect(ps.models).toHaveLength(2);
    expect(ps.models[0]).toMatchObject({ name: 'qwen2:7b', context_length: 2000 });
    expect(ps.models[1]).toMatchObject({
      size_vram: 1000,
      expires_at: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/),
    });
  });

  it('streams by default, in lines, with one last line that counts', async () => {
    const { status, type, text } = await post(`${server.url}/api/chat`, { model: 'qwen2:7b', messages: hi });
    expect([status, type]).toEqual([200, 'application/x-ndjson']);
    const all = lines(text);
    expect(all.length).toBeGreaterThan(3);
    for (const line of all.slice(0, -1)) {
      expect(line).toEqual({
        model: 'qwen2:7b',
        created_at: expect.any(String),
        message: { role: 'assistant', content: expect.any(String) },
        done: false,
      });
    }
    expect(all.at(-1)).toEqual({
      model: 'qwen2:7b',
      created_at: expect.any(String),
      message: { role: 'assistant', content: '' },
      done_reason: 'stop',
      done: true,
      total_duration: expect.any(Number),
      load_duration: expect.any(Number),
      prompt_eval_count: expect.any(Number),
      prompt_eval_duration: expect.any(Number),
      eval_count: all.length - 1,
      eval_duration: expect.any(Number),
    });
  });

  it('gives the same text whole, and from generate', async () => {
    const streamed = lines((await post(`${server.url}/api/chat`, { model: 'qwen2:7b', messages: hi })).text);
    const text = streamed.map((line) => line.message.content).join('');
    const { type, text: body } = await post(`${server.url}/api/chat`, {
      model: 'qwen2:7b',
      messages: hi,
      stream: false,
    });
    expect(type).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toMatchObject({ message: { role: 'assistant', content: text }, done: true });
    const generated = await post(`${server.url}/api/generate`, {
      model: 'qwen2:7b',
      prompt: 'hi',
      stream: false,
    });
    expect(JSON.parse(generated.text)).toMatchObject({ response: text, context: expect.any(Array) });
  });

  it('loads and unloads with an empty prompt', async () => {
    const ask = (body: object) =>
      post(`${server.url}/api/generate`, { model: 'qwen3:32b', stream: false, ...body });
    const isListed = async () => (await get(`${server.url}/api/ps`)).text.includes('qwen3:32b');
    expect(JSON.parse((await ask({ keep_alive: 0 })).text)).toMatchObject({
      done_reason: 'unload',
      done: true,
      response: '',
    });
    expect(await isListed()).toBe(false);
    expect(JSON.parse((await ask({ keep_alive: '5m' })).text)).toMatchObject({ done_reason: 'load' });
    expect(await isListed()).toBe(true);
  });

  it('thinks, cuts, stops, answers in JSON and sees images when asked', async () => {
    const ask = async (more: object, messages: unknown = hi) =>
      JSON.parse(
        (await post(`${server.url}/api/chat`, { model: 'qwen2:7b', messages, stream: false, ...more })).text,
      );
    expect((await ask({ think: 'high' })).message.thinking).toMatch(/\w/);
    expect(await ask({ options: { num_predict: 2 } })).toMatchObject({
      done_reason: 'length',
      eval_count: 2,
    });
    expect((await ask({ options: { stop: [' '] } })).message.content).not.toContain(' ');
    expect(JSON.parse((await ask({ format: 'json' })).message.content)).toHaveProperty('answer');
    const format = { type: 'object', properties: { n: { const: 4 } } };
    expect(JSON.parse((await ask({ format })).message.content)).toEqual({ n: 4 });
    const withImage = await ask({}, [{ role: 'user', content: 'hi', images: ['aGVsbG8='] }]);
    expect(withImage.prompt_eval_count).toBeGreaterThan(200);
  });

  it('calls a tool with arguments as an object, then quotes its result', async () => {
    const messages: object[] = [{ role: 'user', content: '上海的天气怎么样？' }];
    const ask = async () =>
      JSON.parse(
        (
          await post(`${server.url}/api/chat`, {
            model: 'qwen2:7b',
            messages,
            tools: [weatherTool],
            stream: false,
          })
        ).text,
      );
    const { message } = await ask();
    expect(message).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [
        {
          id: expect.stringMatching(/^call_/),
          function: { index: 0, name: 'get_weather', arguments: { city: '上海' } },
        },
      ],
    });
    messages.push(message, { role: 'tool', tool_name: 'get_weather', content: '22 度，多云' });
    expect((await ask()).message.content).toContain('22 度，多云');
  });

  it.each([
    ['/api/chat', '', 400, 'missing request body'],
    ['/api/chat', 'hello', 400, "invalid character 'h' looking for beginning of value"],
    ['/api/chat', {}, 400, 'model is required'],
    ['/api/chat', { model: 'nope', messages: hi }, 404, "model 'nope' not found"],
    ['/api/show', { model: 'nope' }, 404, "model 'nope' not found"],
    [
      '/api/chat',
      { model: 'qwen2:7b', messages: [{ role: 'user', content: [] }] },
      400,
      'json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string',
    ],
    [
      '/api/chat',
      { model: 'qwen2:7b', messages: hi, options: { num_ctx: 'x' } },
      500,
      'option "num_ctx" must be of type integer',
    ],
    ['/api/chat', { model: 'bge-m3', messages: hi }, 400, '"bge-m3:latest" does not support chat'],
    [
      '/api/chat',
      { model: 'qwen2:7b', messages: hi, think: 'much' },
      400,
      'invalid think value: "much" (must be "high", "medium", "low", "max", true, or false)',
    ],
  ])('refuses: %s %j', async (path, body, status, error) => {
    const answer = await post(server.url + path, body);
    expect(answer).toMatchObject({ status, type: 'application/json; charset=utf-8' });
    expect(JSON.parse(answer.text)).toEqual({ error });
  });

  it('cuts a prompt that is too long in silence, unless asked not to', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(4000) }];
    expect((await post(`${server.url}/api/chat`, { model: 'qwen2:7b', messages })).status).toBe(200);
    const refused = await post(`${server.url}/api/chat`, { model: 'qwen2:7b', messages, truncate: false });
    expect(refused).toMatchObject({
      status: 400,
      text: expect.stringContaining('the prompt is longer than the context length'),
    });
  });

  it('embeds: the same text gives the same vector of length one', async () => {
    const { text } = await post(`${server.url}/api/embed`, { model: 'bge-m3', input: ['a', 'b', 'a'] });
    const { embeddings } = JSON.parse(text);
    expect(embeddings[0]).toEqual(embeddings[2]);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
    expect(Math.hypot(...embeddings[0])).toBeCloseTo(1);
    expect(
      JSON.parse((await post(`${server.url}/api/embeddings`, { model: 'bge-m3', prompt: 'a' })).text)
        .embedding,
    ).toEqual(embeddings[0]);
  });

  it.each([
    ['GET', '/nope', 404, '404 page not found'],
    ['GET', '/api/chat', 405, '405 method not allowed'],
  ])('%s %s is %i', async (method, path, status, text) => {
    const response = await fetch(server.url + path, { method });
    expect([response.status, await response.text()]).toEqual([status, text]);
  });
});
