import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from './model-server.ts';

let server: SimServer;
let ollama: Ollama;
let openai: OpenAI;
beforeAll(async () => {
  const models = [{ name: 'qwen3:32b' }, { name: 'bge-m3' }];
  server = await startModelServer({ port: 0, models, speed: Number.POSITIVE_INFINITY });
  ollama = new Ollama({ host: server.url });
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

const model = 'qwen3:32b';
const messages = [{ role: 'user' as const, content: 'What is the weather in Berlin?' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ type: 'function' as const, function: { name: 'get_weather', description: '', parameters } }];

describe('the ollama package', () => {
  it('chats whole and streaming to the same text', async () => {
    const whole = await ollama.chat({ model, messages });
    let text = '';
    for await (const part of await ollama.chat({ model, messages, stream: true }))
      text += part.message.content;
    expect(text).toBe(whole.message.content);
    expect(text).toMatch(/Berlin|\w+/);
  });

  it('calls a tool and uses its result', async () => {
    const called = await ollama.chat({ model, messages, tools });
    expect(called.message.tool_calls?.[0]?.function).toMatchObject({
      name: 'get_weather',
      arguments: { city: 'Berlin' },
    });
    const result = { role: 'tool', content: 'sunny, 21 degrees', tool_name: 'get_weather' };
    const answer = await ollama.chat({ model, messages: [...messages, called.message, result], tools });
    expect(answer.message.content).toContain('sunny, 21 degrees');
  });

  it('lists, shows, generates, embeds, and sees errors', async () => {
    expect((await ollama.list()).models.map(({ name }) => name)).toContain(model);
    expect((await ollama.show({ model })).details.parameter_size).toBe('32B');
    expect((await ollama.ps()).models[0]?.size_vram).toBeGreaterThan(0);
    expect((await ollama.generate({ model, prompt: '退款' })).response).toMatch(/\p{Script=Han}/u);
    expect((await ollama.embed({ model: 'bge-m3', input: ['a', 'b'] })).embeddings).toHaveLength(2);
    await expect(ollama.chat({ model: 'nope', messages })).rejects.toMatchObject({
      status_code: 404,
      error: "model 'nope' not found",
    });
  });
});

describe('the openai package', () => {
  it('chats whole and streaming to the same text', async () => {
    const whole = await openai.chat.completions.create({ model, messages });
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('gathers a streamed tool call and uses its result', async () => {
    const { choices } = await openai.chat.completions
      .stream({ model, messages, tools })
      .finalChatCompletion();
    const called = choices[0]?.message;
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    const call = called?.tool_calls?.[0];
    if (call?.type !== 'function') throw new Error('no function was called');
    expect(call.function).toMatchObject({ name: 'get_weather', arguments: '{"city":"Berlin"}' });
    const history = [
      ...messages,
      { role: 'assistant' as const, content: null, tool_calls: [call] },
      { role: 'tool' as const, tool_call_id: call.id, content: 'sunny, 21 degrees' },
    ];
    const answer = await openai.chat.completions.create({ model, messages: history, tools });
    expect(answer.choices[0]?.message.content).toContain('sunny, 21 degrees');
  });

  it('lists, embeds, and sees errors', async () => {
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain(model);
    expect((await openai.embeddings.create({ model: 'bge-m3', input: 'a' })).data[0]?.embedding).toHaveLength(
      256,
    );
    await expect(openai.chat.completions.create({ model: 'nope', messages })).rejects.toMatchObject({
      status: 404,
    });
    server.setFaults([{ fault: 'rate_limited' }]);
    await expect(openai.chat.completions.create({ model, messages })).rejects.toMatchObject({ status: 429 });
    server.setFaults([{ fault: 'error_frame', after_chunks: 2 }]);
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    const readAll = async () => {
      for await (const _ of stream);
    };
    await expect(readAll()).rejects.toThrow('EngineCore');
    server.setFaults([]);
  });
});
