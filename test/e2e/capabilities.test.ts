import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, framesOf, PATHS } from '../support/asker.ts';
import { modelInput, startWorld, type UpstreamKind, type World } from '../support/world.ts';

const KINDS: readonly UpstreamKind[] = ['ollama', 'openai'];
/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, population: { type: 'integer' } },
  required: ['city', 'population'],
};
const CITY = { city: expect.any(String), population: expect.any(Number) };

/** What a model can do besides words, in by each protocol and out by each. */
describe.each(KINDS)('thinking, JSON, pictures, embeddings (%s upstream)', (upstream) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      upstream,
      sim: { models: [{ name: 'qwen2:7b' }, { name: 'qwen3:32b' }, { name: 'bge-m3' }] },
    });
    await world.sluice.admin.must(
      'POST',
      '/models',
      modelInput({ id: 'embedder', upstream, url: world.sim.url, name: 'bge-m3' }),
    );
  });
  afterAll(() => world.close());

  const openai = (): OpenAI => new OpenAI({ baseURL: `${world.sluice.url}/v1`, apiKey: world.chatKey });
  const ollama = (): Ollama =>
    new Ollama({ host: world.sluice.url, headers: { Authorization: `Bearer ${world.chatKey}` } });
  const lastBody = (): string => String(world.sim.requests.at(-1)?.body);

  it('thinking comes apart from the answer', async () => {
    const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
    const native = await ollama().chat({ model: 'm', messages, think: true });
    expect(native.message.thinking).toMatch(/\S/);
    let streamed = '';
    for await (const part of await ollama().chat({ model: 'm', messages, think: true, stream: true })) {
      streamed += part.message.thinking ?? '';
    }
    expect(streamed).toBe(native.message.thinking);
    const [choice] = (
      await openai().chat.completions.create({ model: 'm', messages, reasoning_effort: 'medium' })
    ).choices;
    const message = choice?.message as { reasoning?: string; reasoning_content?: string; content?: string };
    expect(message.reasoning_content ?? message.reasoning).toBe(native.message.thinking);
    expect(message.content).toBe(native.message.content);
  });

  it('thinking streams in frames of its own', async () => {
    const more = { reasoning_effort: 'medium' };
    const reply = await world.asker.ask({ door: 'openai', stream: true, more });
    const deltas = framesOf('openai', reply.text).map(
      (frame) => (frame as { choices: { delta?: Record<string, unknown> }[] }).choices[0]?.delta ?? {},
    );
    const isThought = (delta: Record<string, unknown>) => Boolean(delta.reasoning_content ?? delta.reasoning);
    expect(deltas.filter(isThought).length).toBeGreaterThan(1);
    expect(deltas.filter((delta) => isThought(delta) && delta.content)).toEqual([]);
  });

  it('JSON keeps its schema', async () => {
    const messages = [{ role: 'user' as const, content: 'Tell me about Paris as JSON' }];
    const native = await ollama().chat({ model: 'm', messages, format: SCHEMA });
    expect(JSON.parse(native.message.content)).toEqual(CITY);
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'city', schema: SCHEMA } };
    const [choice] = (await openai().chat.completions.create({ model: 'm', messages, response_format }))
      .choices;
    expect(JSON.parse(choice?.message.content ?? '')).toEqual(CITY);
    const any = await ollama().chat({ model: 'm', messages, format: 'json' });
    expect(JSON.parse(any.message.content)).toEqual(expect.any(Object));
  });

  it('pictures arrive in the model server’s own form', async () => {
    await ollama().chat({
      model: 'm',
      messages: [{ role: 'user', content: 'What is this?', images: [PIXEL] }],
    });
    const fromOllama = lastBody();
    const url = `data:image/png;base64,${PIXEL}`;
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url } },
    ];
    await openai().chat.completions.create({ model: 'm', messages: [{ role: 'user', content }] });
    const fromOpenai = lastBody();
    for (const body of [fromOllama, fromOpenai]) {
      const [message] = JSON.parse(body).messages;
      if (upstream === 'ollama') expect(message).toMatchObject({ content: 'What is this?', images: [PIXEL] });
      else {
        const picture = message.content.find((part: { type: string }) => part.type === 'image_url');
        expect(picture.image_url.url).toContain(PIXEL);
      }
    }
  });

  it('a picture behind an address is refused where the model server cannot fetch it', async () => {
    const content = [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:1/secret.png' } }];
    const asked = world.sim.requests.length;
    const reply = await world.asker.ask({ door: 'openai', more: { messages: [{ role: 'user', content }] } });
    if (upstream === 'openai') expect(reply.status).toBe(200);
    else {
      expect(reply.status).toBe(400);
      expect(world.sim.requests.length).toBe(asked);
    }
  });

  it('embeddings go to the model that is named', async () => {
    const made = await openai().embeddings.create({ model: 'embedder', input: ['one', 'two'] });
    expect(made.data.map(({ embedding }) => embedding.length)).toEqual([256, 256]);
    const native = await ollama().embed({ model: 'embedder', input: ['one', 'two'] });
    expect(native.embeddings.map((vector) => vector.length)).toEqual([256, 256]);
    expect(world.sim.requests.at(-1)?.model).toBe('bge-m3');
  });

  it('limits of length and stop words are kept', async () => {
    const long = { model: 'm', messages: [{ role: 'user' as const, content: 'Tell me a long story' }] };
    const [choice] = (await openai().chat.completions.create({ ...long, max_tokens: 3 })).choices;
    expect(choice?.finish_reason).toBe('length');
    const native = await ollama().chat({ ...long, options: { num_predict: 3 } });
    expect(native.done_reason).toBe('length');
    expect(native.message.content).toBe(choice?.message.content);
  });

  it('the own protocol takes sampling options, and none that would load the model anew', async () => {
    const ask = (options: object) =>
      world.asker.post(PATHS.chat, JSON.stringify({ ...bodyOf({ door: 'chat' }), options }));
    const reply = await ask({ temperature: 0.25, num_predict: 3 });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text).finish_reason).toBe('length');
    expect(lastBody()).toContain('"temperature":0.25');
    const asked = world.sim.requests.length;
    expect((await ask({ num_ctx: 512 })).status).toBe(400);
    expect(world.sim.requests.length).toBe(asked);
  });
});
