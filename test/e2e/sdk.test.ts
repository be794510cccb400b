import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import { type Message, Ollama, type Tool, type ToolCall } from 'ollama';
import OpenAI, { NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type UpstreamKind, type World } from '../support/world.ts';

const KINDS: readonly UpstreamKind[] = ['ollama', 'openai'];
const QUESTION = [{ role: 'user' as const, content: 'How do I reset my password?' }];
const WEATHER_QUESTION = { role: 'user' as const, content: 'What is the weather in Paris?' };
const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};
const SUNNY = '{"temperature":21,"sky":"sunny"}';

/** Each client as its own documentation shows it: a base URL and a key, and nothing else. */
describe.each(KINDS)('unchanged clients, %s upstream', (upstream) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ upstream });
  });
  afterAll(() => world.close());

  /** What the model server was asked last. */
  const lastBody = (): Record<string, unknown> => JSON.parse(String(world.sim.requests.at(-1)?.body));

  describe('openai', () => {
    const client = (): OpenAI => new OpenAI({ baseURL: `${world.sluice.url}/v1`, apiKey: world.chatKey });

    it('answers whole', async () => {
      const { data, response } = await client()
        .chat.completions.create({ model: 'qwen2:7b', user: 'uid_123456', messages: QUESTION })
        .withResponse();
      expect(response.headers.get('x-model-used')).toBe('qwen3-32b-prod');
      const [choice] = data.choices;
      expect(choice?.message.content).toMatch(/\S/);
      expect(choice?.finish_reason).toBe('stop');
      expect(data.usage?.total_tokens).toBeGreaterThan(0);
      expect(lastBody()).toMatchObject({ model: 'qwen3:32b', messages: QUESTION });
    });

    it('streams the same words that it answers whole', async () => {
      const whole = await client().chat.completions.create({ model: 'm', user: 'alice', messages: QUESTION });
      const stream = await client().chat.completions.create({
        model: 'm',
        user: 'alice',
        messages: QUESTION,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      const finishes: string[] = [];
      let tokens = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
        tokens += chunk.usage?.total_tokens ?? 0;
      }
      expect(text).toBe(whole.choices[0]?.message.content);
      expect(finishes).toEqual(['stop']);
      expect(tokens).toBe(whole.usage?.total_tokens);
    });

    it.each([false, true])('makes a whole tool round trip (stream: %s)', async (stream) => {
      const tools = [{ type: 'function' as const, function: WEATHER }];
      const ask = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
        const body = { model: 'm', user: 'alice', tools, messages };
        if (!stream) return (await client().chat.completions.create(body)).choices[0];
        // The helper puts a streamed message together and throws when a piece is missing.
        return (await client().chat.completions.stream(body).finalChatCompletion()).choices[0];
      };
      const first = await ask([WEATHER_QUESTION]);
      expect(first?.finish_reason).toBe('tool_calls');
      const call = first?.message.tool_calls?.[0];
      if (call?.type !== 'function') throw new Error('no function was called');
      expect(call.function.name).toBe('get_weather');
      expect(JSON.parse(call.function.arguments)).toHaveProperty('city');
      const second = await ask([
        WEATHER_QUESTION,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: SUNNY },
      ]);
      expect(second?.finish_reason).toBe('stop');
      expect(second?.message.content).toMatch(/\S/);
      expect(JSON.stringify(lastBody().messages)).toContain('sunny');
    });

    it('lists models and understands an error', async () => {
      const page = await client().models.list();
      expect(page.data.map((model) => model.id)).toContain('support');
      const asked = client().chat.completions.create({
        model: 'm',
        messages: QUESTION,
        ...{ model_id: 'no-such-model' },
      });
      await expect(asked).rejects.toBeInstanceOf(NotFoundError);
      await expect(asked).rejects.toMatchObject({ code: 'model_not_found' });
    });
  });

  describe('ollama', () => {
    const client = (userId: string): Ollama =>
      new Ollama({
        host: world.sluice.url,
        headers: { Authorization: `Bearer ${world.chatKey}`, 'X-User-Id': userId },
      });
    const tools: Tool[] = [{ type: 'function', function: WEATHER }];

    it('answers whole, and streams the same words', async () => {
      const whole = await client('uid_123456').chat({ model: 'qwen2:7b', messages: QUESTION });
      expect(whole.message.content).toMatch(/\S/);
      expect(whole.done_reason).toBe('stop');
      expect(whole.eval_count).toBeGreaterThan(0);
      expect(lastBody()).toMatchObject({ model: 'qwen3:32b' });
      let text = '';
      let dones = 0;
      for await (const part of await client('uid_123456').chat({
        model: 'm',
        messages: QUESTION,
        stream: true,
      })) {
        text += part.message.content;
        dones += part.done ? 1 : 0;
      }
      expect(text).toBe(whole.message.content);
      expect(dones).toBe(1);
    });

    it.each([false, true])('makes a whole tool round trip (stream: %s)', async (stream) => {
      const ask = async (messages: Message[]): Promise<Message> => {
        const body = { model: 'm', tools, messages };
        if (!stream) return (await client('alice').chat(body)).message;
        let content = '';
        const calls: ToolCall[] = [];
        for await (const part of await client('alice').chat({ ...body, stream: true })) {
          content += part.message.content;
          calls.push(...(part.message.tool_calls ?? []));
        }
        return { role: 'assistant', content, tool_calls: calls };
      };
      const first = await ask([WEATHER_QUESTION]);
      const [call] = first.tool_calls ?? [];
      expect(call?.function.name).toBe('get_weather');
      expect(call?.function.arguments).toHaveProperty('city');
      const second = await ask([
        WEATHER_QUESTION,
        first,
        { role: 'tool', content: SUNNY, tool_name: 'get_weather' },
      ]);
      expect(second.content).toMatch(/\S/);
      expect(second.tool_calls ?? []).toEqual([]);
      expect(JSON.stringify(lastBody().messages)).toContain('sunny');
    });

    it('lists models and understands an error', async () => {
      const { models } = await client('alice').list();
      expect(models.map((model) => model.name)).toContain('support');
      const asked = client('alice').chat({
        model: 'm',
        messages: QUESTION,
        ...{ model_id: 'no-such-model' },
      });
      await expect(asked).rejects.toMatchObject({
        status_code: 404,
        error: expect.stringContaining('no-such-model'),
      });
    });

    it('generates', async () => {
      const whole = await client('alice').generate({ model: 'm', prompt: 'Say hello' });
      expect(whole.response).toMatch(/\S/);
      expect(whole.done).toBe(true);
      expect(world.sim.requests.at(-1)?.path).toBe(
        upstream === 'ollama' ? '/api/generate' : '/v1/chat/completions',
      );
    });
  });

  describe('Vercel AI SDK', () => {
    const model = () =>
      createOpenAICompatible({
        name: 'sluice',
        baseURL: `${world.sluice.url}/v1`,
        apiKey: world.chatKey,
        includeUsage: true,
      })('qwen2:7b');
    const user = { providerOptions: { sluice: { user: 'uid_123456' } } };
    const prompt = 'How do I reset my password?';

    it('answers whole, and streams the same words', async () => {
      const whole = await generateText({ model: model(), prompt, ...user });
      expect(whole.text).toMatch(/\S/);
      expect(whole.finishReason).toBe('stop');
      expect(whole.usage.totalTokens).toBeGreaterThan(0);
      expect(lastBody()).toMatchObject({ model: 'qwen3:32b' });
      const streamed = streamText({ model: model(), prompt, ...user });
      let text = '';
      for await (const piece of streamed.textStream) text += piece;
      expect(text).toBe(whole.text);
      expect(await streamed.finishReason).toBe('stop');
      expect((await streamed.usage).totalTokens).toBe(whole.usage.totalTokens);
    });

    it.each(['whole', 'streamed'])('makes a whole tool round trip (%s)', async (way) => {
      const asked: unknown[] = [];
      const options = {
        model: model(),
        prompt: WEATHER_QUESTION.content,
        stopWhen: isStepCount(3),
        tools: {
          get_weather: tool({
            description: WEATHER.description,
            inputSchema: jsonSchema<{ city: string }>(WEATHER.parameters),
            execute: async (input) => {
              asked.push(input);
              return SUNNY;
            },
          }),
        },
      };
      const steps = way === 'whole' ? (await generateText(options)).steps : await streamText(options).steps;
      expect(asked).toEqual([{ city: expect.any(String) }]);
      expect(steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'stop']);
      expect(steps.at(-1)?.text).toMatch(/\S/);
      expect(JSON.stringify(lastBody().messages)).toContain('sunny');
    });
  });
});
