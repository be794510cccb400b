import { describe, expect, it } from 'vitest';
import {
  OLLAMA,
  OPENAI,
  PNG,
  prepareCall,
  SCHEMA,
  sentBody,
  TOOL,
  USER,
} from '../../../test/relay-fixture.ts';
import type { Model } from '../../domain/config.ts';
import type { Endpoint } from './wire.ts';

describe('Ollama → OpenAI', () => {
  const base = { model: 'm1', messages: [USER], stream: false };

  it.each<[name: string, body: object, expected: object]>([
    ['plain', {}, base],
    [
      'streamed by default, and asked for its usage',
      { stream: undefined },
      { ...base, stream: true, stream_options: { include_usage: true } },
    ],
    [
      'options',
      {
        options: {
          temperature: 0.5,
          top_p: 0.9,
          seed: 7,
          stop: ['x'],
          num_predict: 9,
          presence_penalty: 1,
          frequency_penalty: 2,
        },
      },
      {
        ...base,
        temperature: 0.5,
        top_p: 0.9,
        seed: 7,
        stop: ['x'],
        max_tokens: 9,
        presence_penalty: 1,
        frequency_penalty: 2,
      },
    ],
    ['no limit', { options: { num_predict: -1 } }, base],
    ['JSON format', { format: 'json' }, { ...base, response_format: { type: 'json_object' } }],
    [
      'a schema',
      { format: SCHEMA },
      {
        ...base,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', strict: true, schema: SCHEMA },
        },
      },
    ],
    ['thinking', { think: true }, { ...base, reasoning_effort: 'medium' }],
    ['no thinking', { think: false }, { ...base, reasoning_effort: 'none' }],
    ['levels of thinking', { think: 'max' }, { ...base, reasoning_effort: 'high' }],
    ['tools without a type', { tools: [{ function: TOOL.function }] }, { ...base, tools: [TOOL] }],
  ])('%s', (_name, more, expected) => {
    expect(sentBody('ollama_chat', { model: 'a', messages: [USER], stream: false, ...more }, OPENAI)).toEqual(
      expected,
    );
  });

  it('messages, with ids where Ollama has none', () => {
    const call = (name: string): object => ({ function: { name, arguments: { a: 1 } } });
    const messages = [
      { role: 'user', content: 'hi', images: [PNG, '/9j/4AAQ'] },
      { role: 'assistant', content: '', thinking: 'hm', tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_name: 'b', content: '2' },
      { role: 'tool', content: '1' },
      { role: 'assistant', content: 'x', tool_calls: [{ id: 'own', ...call('c') }] },
      { role: 'tool', tool_call_id: 'own', content: '3' },
    ];
    const written = (id: string, name: string): object => ({
      id,
      type: 'function',
      function: { name, arguments: '{"a":1}' },
    });
    expect(
      sentBody('ollama_chat', { messages, stream: false }, { ...OPENAI, systemPrompt: 'S' }),
    ).toMatchObject({
      messages: [
        { role: 'system', content: 'S' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/4AAQ' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [written('call_0', 'a'), written('call_1', 'b')],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '2' },
        { role: 'tool', tool_call_id: 'call_0', content: '1' },
        { role: 'assistant', content: 'x', tool_calls: [written('own', 'c')] },
        { role: 'tool', tool_call_id: 'own', content: '3' },
      ],
    });
  });

  it('names what it leaves behind', () => {
    const body = {
      messages: [USER],
      user_id: 'u',
      keep_alive: '5m',
      truncate: false,
      shift: true,
      x: 1,
      options: { top_k: 3, num_ctx: 4, temperature: 1 },
    };
    expect(prepareCall('ollama_chat', body, OPENAI).dropped).toEqual([
      'keep_alive',
      'x',
      'shift',
      'options.top_k',
      'options.num_ctx',
    ]);
  });

  it('sends the options of the model where the caller is silent', () => {
    const model: Model = { ...OPENAI, options: { top_k: 9, temperature: 0.1, max_tokens: 4 } };
    const body = { messages: [USER], stream: false, options: { temperature: 0.5, num_predict: 7 } };
    expect(sentBody('ollama_chat', body, model)).toEqual({
      ...base,
      temperature: 0.5,
      max_tokens: 7,
      top_k: 9,
    });
  });

  it('generate becomes a conversation', () => {
    const body = { prompt: 'hi', system: 'B', images: [PNG], stream: false, format: 'json' };
    expect(sentBody('ollama_generate', body, { ...OPENAI, systemPrompt: 'A' })).toEqual({
      model: 'm1',
      messages: [
        { role: 'system', content: 'A\n\nB' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
      ],
      stream: false,
      response_format: { type: 'json_object' },
    });
  });

  it.each<[endpoint: Endpoint, param: string, body: object]>([
    ['ollama_chat', 'messages', { messages: [] }],
    ['ollama_chat', 'messages', { keep_alive: 0 }],
    ['ollama_generate', 'prompt', { model: 'x' }],
    ['ollama_generate', 'prompt', { model: 'x', keep_alive: 0 }],
    ['ollama_generate', 'suffix', { prompt: 'a', suffix: 'b' }],
    ['ollama_generate', 'template', { prompt: 'a', template: 'b' }],
    ['ollama_generate', 'raw', { prompt: 'a', raw: true }],
    ['ollama_generate', 'context', { prompt: 'a', context: [1, 2] }],
    ['ollama_chat', 'logprobs', { messages: [USER], logprobs: true }],
    ['ollama_chat', 'top_logprobs', { messages: [USER], top_logprobs: 2 }],
    ['ollama_chat', 'format', { messages: [USER], format: 'xml' }],
    ['ollama_chat', 'think', { messages: [USER], think: 5 }],
    ['ollama_chat', 'messages[0].images[0]', { messages: [{ ...USER, images: [5] }] }],
    [
      'ollama_chat',
      'messages[0].tool_calls[0].function.name',
      { messages: [{ ...USER, tool_calls: [{ function: {} }] }] },
    ],
  ])('%s refuses %s: %j', (endpoint, param, body) => {
    const attempt = (): unknown => sentBody(endpoint, body, OPENAI);
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', param }));
  });
});

describe('/v1/chat', () => {
  const body = { messages: [USER], user_id: 'u', stream: false, options: { top_k: 3, num_predict: 5 } };

  it('→ Ollama', () => {
    expect(sentBody('chat', body, { ...OLLAMA, options: { num_ctx: 1 }, systemPrompt: 'S' })).toEqual({
      model: 'm1',
      messages: [{ role: 'system', content: 'S' }, USER],
      stream: false,
      options: { top_k: 3, num_predict: 5, num_ctx: 1 },
    });
  });

  it('→ OpenAI', () => {
    expect(sentBody('chat', body, OPENAI)).toEqual({
      model: 'm1',
      messages: [USER],
      stream: false,
      max_tokens: 5,
    });
    expect(prepareCall('chat', body, OPENAI).dropped).toEqual(['options.top_k']);
  });
});
