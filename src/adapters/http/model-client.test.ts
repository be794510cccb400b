import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelOf, type Script, type Scripted, startScripted } from '../../../test/support/gateway-rig.ts';
import type { Model } from '../../domain/config.ts';
import { systemClock } from '../system/clock.ts';
import { createModelClient } from './model-client.ts';

const client = createModelClient({ clock: systemClock, version: '1.2.3' });
const INSTRUCTION = { system: 'Judge.', user: 'the case', schema: { type: 'object' }, maxTokens: 50 };

const TALK = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'hi' },
];

let server: Scripted;
let script: Script;
beforeEach(async () => {
  server = await startScripted((...args) => script(...args));
});
afterEach(() => server.close());

const complete = (
  more: Partial<Model> = {},
  { timeoutMs = 10_000, signal = new AbortController().signal } = {},
) => {
  const base = more.protocol === 'openai' ? `${server.url}/v1` : server.url;
  return client.complete(modelOf('judge', { baseUrl: base, ...more }), INSTRUCTION, { timeoutMs, signal });
};
const answer = (more: Partial<Model> = {}, talk = TALK) => {
  const base = more.protocol === 'openai' ? `${server.url}/v1` : server.url;
  const limits = { timeoutMs: 10_000, signal: new AbortController().signal };
  return client.answer(modelOf('other', { baseUrl: base, ...more }), talk, limits);
};
const sent = (): Record<string, unknown> => JSON.parse(server.requests[0]?.body ?? '');

describe('an instruction', () => {
  it('goes to Ollama with its form, and the model’s own prompt before it', async () => {
    script = (res) => res.end('{"message":{"role":"assistant","content":"{}"},"done":true}');
    const model = {
      systemPrompt: 'You know the shop.',
      options: { num_ctx: 8_192, temperature: 1 },
      apiKey: 'sk',
    };
    expect(await complete(model)).toEqual({ ok: true, text: '{}' });
    expect(server.requests[0]).toMatchObject({ path: '/api/chat', headers: { authorization: 'Bearer sk' } });
    expect(sent()).toEqual({
      model: 'judge',
      messages: [
        { role: 'system', content: 'You know the shop.\n\nJudge.' },
        { role: 'user', content: 'the case' },
      ],
      stream: false,
      think: false,
      format: { type: 'object' },
      options: { num_ctx: 8_192, temperature: 0, num_predict: 50 },
    });
  });

  it('goes to an OpenAI server without a form that it may not know', async () => {
    script = (res) => res.end('{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}');
    const model = { protocol: 'openai', options: { response_format: { type: 'json_object' } } } as const;
    expect(await complete(model)).toEqual({ ok: true, text: 'yes' });
    expect(server.requests[0]?.path).toBe('/v1/chat/completions');
    expect(sent()).toEqual({
      model: 'judge',
      messages: [
        { role: 'system', content: 'Judge.' },
        { role: 'user', content: 'the case' },
      ],
      stream: false,
      temperature: 0,
      max_tokens: 50,
      response_format: { type: 'json_object' },
    });
  });

  it.each([
    ['an error in words', 500, '{"error":"CUDA error: out of memory"}', 'out_of_memory'],
    ['a status', 503, 'busy', 'overloaded'],
    [
      'an error behind a good status',
      200,
      '{"error":{"message":"CUDA error: out of memory"}}',
      'out_of_memory',
    ],
    ['a page', 200, '<html>', 'invalid_response'],
    ['null', 200, 'null', 'invalid_response'],
    ['no message', 200, '{"done":true}', 'invalid_response'],
    ['a content that is no text', 200, '{"message":{"content":[1]}}', 'invalid_response'],
  ])('that is answered by %s has failed', async (_what, status, body, errorClass) => {
    script = (res) => res.writeHead(status).end(body);
    expect(await complete()).toMatchObject({ ok: false, errorClass });
  });

  it('may be answered by nothing, such as by a model that used up its tokens for thoughts', async () => {
    script = (res) => res.end('{"choices":[{"message":{"content":null,"reasoning":"hm"}}]}');
    expect(await complete({ protocol: 'openai' })).toEqual({ ok: true, text: '' });
  });

  it('is answered in whole characters, wherever the network cuts them', async () => {
    const answer = Buffer.from('{"message":{"content":"完成"},"done":true}');
    script = (res) => {
      const cut = answer.indexOf('完') + 1;
      res.write(answer.subarray(0, cut), () => setImmediate(() => res.end(answer.subarray(cut))));
    };
    expect(await complete()).toEqual({ ok: true, text: '完成' });
  });

  it('has a time limit to the end of its answer', async () => {
    script = (res) => void res.write('{"message":');
    expect(await complete({}, { timeoutMs: 100 })).toMatchObject({
      ok: false,
      errorClass: 'timeout_first_byte',
    });
  });

  it('is given up when its caller says so', async () => {
    const caller = new AbortController();
    script = () => caller.abort();
    expect(await complete({}, { timeoutMs: 60_000, signal: caller.signal })).toMatchObject({ ok: false });
  });

  it('does not read an answer without an end', async () => {
    script = (res) => {
      const pour = (): void => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      };
      res.on('drain', pour);
      pour();
    };
    expect(await complete()).toMatchObject({ ok: false, message: 'the answer does not end' });
  });

  it('fails where nobody listens', async () => {
    expect(await complete({ baseUrl: 'http://127.0.0.1:1' })).toMatchObject({
      ok: false,
      errorClass: 'connection_refused',
    });
  });
});

describe('a conversation', () => {
  it('goes to Ollama with the model’s own options, its prompt in the system message', async () => {
    script = (res) => res.end('{"message":{"role":"assistant","content":"hello"},"done":true}');
    const model = {
      systemPrompt: 'You know the shop.',
      options: { temperature: 1 },
      onOverflow: 'error',
    } as const;
    expect(await answer(model)).toEqual({ ok: true, text: 'hello' });
    expect(server.requests[0]?.path).toBe('/api/chat');
    expect(sent()).toEqual({
      model: 'other',
      messages: [{ role: 'system', content: 'You know the shop.\n\nBe kind.' }, TALK[1]],
      stream: false,
      options: { temperature: 1 },
      truncate: false,
      shift: false,
    });
  });

  it('goes to an OpenAI server as it was, behind a prompt of the model’s where it has one', async () => {
    script = (res) => res.end('{"choices":[{"message":{"content":"hello"}}]}');
    expect(await answer({ protocol: 'openai', options: { top_p: 0.9 } })).toEqual({
      ok: true,
      text: 'hello',
    });
    expect(sent()).toEqual({ model: 'other', messages: TALK, stream: false, top_p: 0.9 });
    await answer({ protocol: 'openai', systemPrompt: 'You know the shop.' }, TALK.slice(1));
    expect(JSON.parse(server.requests[1]?.body ?? '')).toMatchObject({
      messages: [{ role: 'system', content: 'You know the shop.' }, TALK[1]],
    });
  });

  it('that is refused has failed', async () => {
    script = (res) => res.writeHead(503).end('busy');
    expect(await answer()).toMatchObject({ ok: false, errorClass: 'overloaded' });
  });
});
