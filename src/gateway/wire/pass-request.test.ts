import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/config-fixture.ts';
import type { Model } from '../../domain/config.ts';
import { Fault } from '../fault.ts';
import { inbounds } from './inbounds.ts';
import { readRawBody } from './raw-body.ts';
import type { Endpoint, PreparedCall } from './wire.ts';

const OLLAMA: Partial<Model> = { protocol: 'ollama', upstreamModel: 'up:1b' };
const OPENAI: Partial<Model> = { ...OLLAMA, protocol: 'openai', baseUrl: 'http://127.0.0.1:8000/v1' };

function prepare(endpoint: Endpoint, body: string, model: Partial<Model>): PreparedCall {
  return inbounds[endpoint].prepare(readRawBody(Buffer.from(body)), modelOf('m1', model));
}

const M = '"messages":[{"role":"user","content":"hi"}]';

describe('a request in the upstream’s own protocol', () => {
  it.each<[name: string, endpoint: Endpoint, model: Partial<Model>, body: string, expected: string]>([
    [
      'nothing to change: the same bytes',
      'ollama_chat',
      OLLAMA,
      `{"model":"up:1b", ${M}}`,
      `{"model":"up:1b", ${M}}`,
    ],
    ['the model name', 'ollama_chat', OLLAMA, `{ "model" : "a" , ${M} }`, `{ "model" : "up:1b" , ${M} }`],
    [
      'a name written with escapes',
      'ollama_chat',
      OLLAMA,
      `{"mod\\u0065l":"a",${M}}`,
      `{"mod\\u0065l":"up:1b",${M}}`,
    ],
    ['a missing name', 'openai_chat', OPENAI, `{${M}}`, `{${M},"model":"up:1b"}`],
    ['a name that is null', 'openai_chat', OPENAI, `{"model":null,${M}}`, `{"model":"up:1b",${M}}`],
    [
      "Sluice's own fields out, all others untouched",
      'openai_chat',
      OPENAI,
      `{"user_id":"u","model":"a","seed":12345678901234567890,"x":{"z":1,"a":[1.0,1e400]},"route":"r",${M},"model_id":"m","session_id":"s"}`,
      `{"model":"up:1b","seed":12345678901234567890,"x":{"z":1,"a":[1.0,1e400]},${M}}`,
    ],
    [
      'no options of the model',
      'ollama_chat',
      OLLAMA,
      `{"model":"up:1b",${M},"options":{"num_ctx":4}}`,
      `{"model":"up:1b",${M},"options":{"num_ctx":4}}`,
    ],
    [
      'runner options of the model win, sampling options of the caller win',
      'ollama_chat',
      { ...OLLAMA, options: { num_ctx: 8192, temperature: 0.1, top_k: 5 } },
      `{"model":"up:1b",${M},"options":{ "num_ctx":2048, "temperature":0.9, "seed":12345678901234567890 }}`,
      `{"model":"up:1b",${M},"options":{ "num_ctx":8192, "temperature":0.9, "seed":12345678901234567890,"top_k":5 }}`,
    ],
    [
      'options where the caller has none',
      'ollama_chat',
      { ...OLLAMA, options: { num_ctx: 8192 } },
      `{"model":"up:1b",${M}}`,
      `{"model":"up:1b",${M},"options":{"num_ctx":8192}}`,
    ],
    [
      'options where the caller says null',
      'ollama_chat',
      { ...OLLAMA, options: { num_ctx: 8192 } },
      `{"model":"up:1b","options":null,${M}}`,
      `{"model":"up:1b","options":{"num_ctx":8192},${M}}`,
    ],
    [
      'options of an OpenAI model',
      'openai_chat',
      { ...OPENAI, options: { top_k: 5, temperature: 0.1, stream: true, max_tokens: 9 } },
      `{"model":"up:1b",${M},"temperature":1,"max_completion_tokens":7}`,
      `{"model":"up:1b",${M},"temperature":1,"max_completion_tokens":7,"top_k":5}`,
    ],
    [
      'overflow as an error',
      'ollama_chat',
      { ...OLLAMA, onOverflow: 'error' },
      `{"model":"up:1b","truncate":true,${M}}`,
      `{"model":"up:1b","truncate":false,${M},"shift":false}`,
    ],
    [
      'a system prompt before a user message',
      'ollama_chat',
      { ...OLLAMA, systemPrompt: 'Be "kind".' },
      `{"model":"up:1b","messages": [ {"role":"user","content":"hi"}]}`,
      `{"model":"up:1b","messages": [ {"role":"system","content":"Be \\"kind\\"."},{"role":"user","content":"hi"}]}`,
    ],
    [
      'a system prompt before the caller’s',
      'ollama_chat',
      { ...OLLAMA, systemPrompt: 'A' },
      `{"model":"up:1b","messages":[{"content":"B","role":"system"},{"role":"user","content":"hi"}]}`,
      `{"model":"up:1b","messages":[{"content":"A\\n\\nB","role":"system"},{"role":"user","content":"hi"}]}`,
    ],
    [
      'a system prompt before an empty one',
      'openai_chat',
      { ...OPENAI, systemPrompt: 'A' },
      '{"model":"up:1b","messages":[{"role":"system","content":""}]}',
      '{"model":"up:1b","messages":[{"role":"system","content":"A"}]}',
    ],
    [
      'a system prompt before a developer’s parts',
      'openai_chat',
      { ...OPENAI, systemPrompt: 'A' },
      '{"model":"up:1b","messages":[{"role":"developer","content":[{"type":"text","text":"B"}]}]}',
      '{"model":"up:1b","messages":[{"role":"developer","content":[{"type":"text","text":"A"},{"type":"text","text":"B"}]}]}',
    ],
    [
      'a system prompt before a system message without content',
      'openai_chat',
      { ...OPENAI, systemPrompt: 'A' },
      '{"model":"up:1b","messages":[{"role":"system"}]}',
      '{"model":"up:1b","messages":[{"role":"system","content":"A"}]}',
    ],
    [
      'no system prompt in a request that only loads the model',
      'ollama_chat',
      { ...OLLAMA, systemPrompt: 'A' },
      '{"model":"up:1b","messages":[]}',
      '{"model":"up:1b","messages":[]}',
    ],
    [
      'unloading',
      'ollama_chat',
      OLLAMA,
      '{"model":"a","messages":[],"keep_alive":0}',
      '{"model":"up:1b","messages":[],"keep_alive":0}',
    ],
    [
      'generate',
      'ollama_generate',
      { ...OLLAMA, systemPrompt: 'A', options: { num_ctx: 1 } },
      '{"model":"a","prompt":"hi"}',
      '{"model":"up:1b","prompt":"hi","options":{"num_ctx":1},"system":"A"}',
    ],
    [
      'generate with a system prompt',
      'ollama_generate',
      { ...OLLAMA, systemPrompt: 'A' },
      '{"model":"a","system":"B","prompt":"hi"}',
      '{"model":"up:1b","system":"A\\n\\nB","prompt":"hi"}',
    ],
    [
      'generate, raw',
      'ollama_generate',
      { ...OLLAMA, systemPrompt: 'A' },
      '{"model":"a","raw":true,"prompt":"hi"}',
      '{"model":"up:1b","raw":true,"prompt":"hi"}',
    ],
    [
      'usage for a stream that did not ask',
      'openai_chat',
      { ...OPENAI, injectUsage: true },
      `{"model":"up:1b","stream":true,${M}}`,
      `{"model":"up:1b","stream":true,${M},"stream_options":{"include_usage":true}}`,
    ],
    [
      'usage beside other stream options',
      'openai_chat',
      { ...OPENAI, injectUsage: true },
      `{"model":"up:1b","stream":true,"stream_options":{"include_usage":false,"x":1},${M}}`,
      `{"model":"up:1b","stream":true,"stream_options":{"include_usage":true,"x":1},${M}}`,
    ],
    [
      'no usage where nothing streams',
      'openai_chat',
      { ...OPENAI, injectUsage: true },
      `{"model":"up:1b",${M}}`,
      `{"model":"up:1b",${M}}`,
    ],
  ])('%s', (_name, endpoint, model, body, expected) => {
    expect(Buffer.concat(prepare(endpoint, body, model).body).toString()).toBe(expected);
  });

  it('goes to the path of the endpoint and answers in its content type', () => {
    const told = (endpoint: Endpoint, body: string, model: Partial<Model>): unknown => {
      const { path, stream, contentType, dropped } = prepare(endpoint, body, model);
      return [path, stream, contentType, dropped];
    };
    expect(told('ollama_chat', `{${M}}`, OLLAMA)).toEqual(['/api/chat', true, 'application/x-ndjson', []]);
    expect(told('ollama_generate', '{"prompt":"x","stream":false}', OLLAMA)).toEqual([
      '/api/generate',
      false,
      'application/json; charset=utf-8',
      [],
    ]);
    expect(told('openai_chat', `{${M}}`, OPENAI)).toEqual([
      '/chat/completions',
      false,
      'application/json',
      [],
    ]);
    expect(told('openai_chat', `{${M},"stream":true}`, OPENAI)).toEqual([
      '/chat/completions',
      true,
      'text/event-stream',
      [],
    ]);
  });

  it('refuses options that name a key twice, because two readers could differ', () => {
    const body = `{${M},"options":{"num_ctx":1,"num_ctx":2}}`;
    expect(() => prepare('ollama_chat', body, { ...OLLAMA, options: { num_ctx: 8 } })).toThrow(
      new Fault('bad_request', 'options.num_ctx is written twice; write it once', {
        param: 'options.num_ctx',
      }),
    );
  });
});
