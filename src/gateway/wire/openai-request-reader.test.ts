import { describe, expect, it } from 'vitest';
import { OLLAMA, PNG, prepareCall, SCHEMA, sentBody, TOOL, USER } from '../../../test/relay-fixture.ts';
import type { Model } from '../../domain/config.ts';
import { Fault } from '../fault.ts';

describe('OpenAI → Ollama', () => {
  const base = { model: 'm1', messages: [USER], stream: false };

  it.each<[name: string, body: object, expected: object]>([
    ['plain', {}, base],
    ['streamed', { stream: true }, { ...base, stream: true }],
    [
      'sampling',
      {
        temperature: 0.5,
        top_p: 0.9,
        seed: 7,
        presence_penalty: 1,
        frequency_penalty: 2,
        stop: 'x',
        max_tokens: 9,
        top_k: 3,
        min_p: 0.1,
        repetition_penalty: 1.1,
      },
      {
        ...base,
        options: {
          temperature: 0.5,
          top_p: 0.9,
          seed: 7,
          presence_penalty: 1,
          frequency_penalty: 2,
          top_k: 3,
          min_p: 0.1,
          repeat_penalty: 1.1,
          num_predict: 9,
          stop: ['x'],
        },
      },
    ],
    [
      'the newer limit before the older',
      { max_tokens: 9, max_completion_tokens: 5, stop: ['a', 'b'] },
      { ...base, options: { num_predict: 5, stop: ['a', 'b'] } },
    ],
    [
      'nothing but nulls',
      { temperature: null, stop: null, n: null, tools: null, logprobs: null, response_format: null },
      base,
    ],
    [
      'harmless ones',
      { n: 1, logprobs: false, top_logprobs: 0, tool_choice: 'auto', parallel_tool_calls: true },
      base,
    ],
    ['text format', { response_format: { type: 'text' } }, base],
    ['JSON format', { response_format: { type: 'json_object' } }, { ...base, format: 'json' }],
    [
      'a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } } },
      { ...base, format: SCHEMA },
    ],
    ['no thinking', { reasoning_effort: 'none' }, { ...base, think: false }],
    ['little thinking', { reasoning_effort: 'minimal' }, { ...base, think: 'low' }],
    ['much thinking', { reasoning: { effort: 'high' } }, { ...base, think: 'high' }],
    ['tools', { tools: [TOOL] }, { ...base, tools: [TOOL] }],
    ['tools that must not be used', { tools: [TOOL], tool_choice: 'none' }, base],
  ])('%s', (_name, more, expected) => {
    expect(sentBody('openai_chat', { model: 'a', messages: [USER], ...more }, OLLAMA)).toEqual(expected);
  });

  it('messages', () => {
    const messages = [
      { role: 'developer', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'text', text: 'is this?' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'hm',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    ];
    expect(sentBody('openai_chat', { messages }, { ...OLLAMA, systemPrompt: 'You are Al.' })).toMatchObject({
      messages: [
        { role: 'system', content: 'You are Al.\n\nBe kind.' },
        { role: 'user', content: 'What\nis this?', images: [PNG] },
        {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          tool_calls: [{ id: 'c1', function: { name: 'weather', arguments: { city: 'Rome' } } }],
        },
        { role: 'tool', content: 'sunny', tool_name: 'weather', tool_call_id: 'c1' },
      ],
    });
  });

  it('merges the options of the model and forbids overflow as the model says', () => {
    const model: Model = { ...OLLAMA, options: { num_ctx: 8192, temperature: 0.1 }, onOverflow: 'error' };
    expect(sentBody('openai_chat', { messages: [USER], temperature: 0.9 }, model)).toMatchObject({
      options: { num_ctx: 8192, temperature: 0.9 },
      truncate: false,
      shift: false,
    });
  });

  it('names what it leaves behind, and nothing of its own', () => {
    const body = {
      messages: [USER],
      user_id: 'u',
      route: 'r',
      user: 'u',
      logit_bias: { 1: 2 },
      store: true,
      parallel_tool_calls: false,
      x: null,
      'ü\n': 1,
    };
    const { dropped, path } = prepareCall('openai_chat', body, OLLAMA);
    expect(dropped).toEqual(['user', 'logit_bias', 'store', 'parallel_tool_calls', '%C3%BC%0A']);
    expect(path).toBe('/api/chat');
  });

  it.each<[param: string, body: object]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['tool_choice', { tools: [TOOL], tool_choice: 'required' }],
    ['tool_choice', { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'weather' } } }],
    ['functions', { functions: [] }],
    ['function_call', { function_call: 'auto' }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['tools[0].type', { tools: [{ type: 'custom', custom: {} }] }],
    ['tools[0].function', { tools: [{ type: 'function' }] }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['response_format.json_schema.schema', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['temperature', { temperature: 'hot' }],
    ['stop', { stop: 5 }],
    ['messages[0].role', { messages: [{ role: 'function', content: 'x' }] }],
    [
      'messages[0].content[0].type',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
    ],
    [
      'messages[0].content[0].image_url.url',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }],
      },
    ],
    [
      'messages[0].tool_calls[0].function.arguments',
      {
        messages: [
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{' } }],
          },
        ],
      },
    ],
  ])('refuses %s: %j', (param, more) => {
    const attempt = (): unknown => sentBody('openai_chat', { messages: [USER], ...more }, OLLAMA);
    expect(attempt).toThrow(Fault);
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', param }));
  });
});
