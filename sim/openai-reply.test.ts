import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, hi, post, testModels, weatherTool } from '../test/support/sim-client.ts';
import { type SimServer, startModelServer } from './model-server.ts';

let server: SimServer;
beforeAll(async () => {
  server = await startModelServer({ port: 0, models: testModels, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => server.close());

const events = (text: string) =>
  text
    .trimEnd()
    .split('\n\n')
    .map((event) => event.replace(/^data: /, ''));

describe('OpenAI', () => {
  const path = '/v1/chat/completions';

  it('has every field that the specification wants', async () => {
    const { type, text } = await post(server.url + path, { model: 'qwen2:7b', messages: hi });
    expect(type).toBe('application/json');
    expect(JSON.parse(text)).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'qwen2:7b',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
    });
  });

  it('streams role, text, finish reason, the usage that was asked for, and [DONE]', async () => {
    const stream_options = { include_usage: true };
    const { type, text } = await post(server.url + path, {
      model: 'qwen2:7b',
      messages: hi,
      stream: true,
      stream_options,
    });
    expect(type).toBe('text/event-stream; charset=utf-8');
    const all = events(text);
    expect(all.at(-1)).toBe('[DONE]');
    const chunks = all.slice(0, -1).map((data) => JSON.parse(data));
    expect(chunks[0]).toMatchObject({
      choices: [{ delta: { role: 'assistant', content: '' } }],
      usage: null,
    });
    expect(chunks.at(-2)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: null });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    const plain = events(
      (await post(server.url + path, { model: 'qwen2:7b', messages: hi, stream: true })).text,
    );
    expect(plain.some((data) => data.includes('usage'))).toBe(false);
  });

  it('reads parts and images, thinks by reasoning_effort, honours response_format and tool_choice', async () => {
    const ask = async (more: object) =>
      JSON.parse((await post(server.url + path, { model: 'qwen3:32b', messages: hi, ...more })).text)
        .choices[0];
    const content = [
      { type: 'text', text: '退款' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ];
    expect((await ask({ messages: [{ role: 'user', content }] })).message.content).toMatch(/\p{Script=Han}/u);
    expect((await ask({ reasoning_effort: 'low' })).message.reasoning).toMatch(/\w/);
    const json_schema = { name: 'x', schema: { type: 'object', properties: { ok: { type: 'boolean' } } } };
    expect((await ask({ response_format: { type: 'json_schema', json_schema } })).message.content).toBe(
      '{"ok":true}',
    );
    const forced = await ask({ tools: [weatherTool], tool_choice: 'required' });
    expect(forced).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
      },
    });
    expect(
      (
        await ask({
          tools: [weatherTool],
          tool_choice: 'none',
          messages: [{ role: 'user', content: 'weather' }],
        })
      ).finish_reason,
    ).toBe('stop');
  });

  it.each([
    [{ model: 'nope', messages: hi }, 404, 'NotFoundError', 'The model `nope` does not exist.'],
    [{ model: 'qwen2:7b' }, 400, 'BadRequestError', "'messages'"],
    [{ model: 'qwen2:7b', messages: [] }, 400, 'BadRequestError', "[] is too short - 'messages'"],
    [
      { model: 'qwen2:7b', messages: [{ role: 'user', content: 'word '.repeat(4000) }] },
      400,
      'BadRequestError',
      "This model's maximum context length is 2000 tokens.",
    ],
  ])('refuses %j', async (body, status, type, message) => {
    const answer = await post(server.url + path, body);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(JSON.parse(answer.text).error).toMatchObject({
      type,
      code: status,
      message: expect.stringContaining(message),
    });
  });

  it('lists models, gives one, and 404 for another', async () => {
    const list = JSON.parse((await get(`${server.url}/v1/models`)).text);
    expect(list).toMatchObject({
      object: 'list',
      data: [{ id: 'qwen2:7b', object: 'model', max_model_len: 2000 }, {}, {}],
    });
    expect(JSON.parse((await get(`${server.url}/v1/models/qwen3%3A32b`)).text).id).toBe('qwen3:32b');
    expect((await fetch(`${server.url}/v1/models/nope`)).status).toBe(404);
  });

  it('embeds as numbers or base64', async () => {
    const ask = async (more: object) =>
      JSON.parse((await post(`${server.url}/v1/embeddings`, { model: 'bge-m3', input: 'a', ...more })).text);
    const numbers = (await ask({})).data[0].embedding;
    const packed = Buffer.from((await ask({ encoding_format: 'base64' })).data[0].embedding, 'base64');
    expect(packed.readFloatLE(0)).toBeCloseTo(numbers[0], 5);
    expect(packed.length).toBe(numbers.length * 4);
  });
});
