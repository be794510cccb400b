import { describe, expect, it } from 'vitest';
import { META, OLLAMA, OPENAI, prepareCall, USER } from '../../../test/relay-fixture.ts';
import type { Model } from '../../domain/config.ts';
import type { Endpoint, TapState } from './wire.ts';

describe('whole answers', () => {
  const ollamaAnswer = {
    model: 'qwen3:32b',
    created_at: 't',
    message: {
      role: 'assistant',
      content: 'Hé',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'weather', arguments: { city: 'Rome' } } }],
    },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 30,
    eval_count: 45,
    total_duration: 5,
  };
  const call = {
    id: 'call_1_0',
    type: 'function',
    function: { name: 'weather', arguments: '{"city":"Rome"}' },
  };
  const usage = { prompt_tokens: 30, completion_tokens: 45, total_tokens: 75 };
  const openaiAnswer = {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'q',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hé', reasoning: 'hm', tool_calls: [call] },
        finish_reason: 'tool_calls',
      },
    ],
    usage,
  };
  function whole(endpoint: Endpoint, model: Model, answer: unknown): { out: Buffer; state: TapState } {
    const asked =
      endpoint === 'ollama_generate' ? { prompt: 'hi', stream: false } : { messages: [USER], stream: false };
    const relay = prepareCall(endpoint, asked, model).openRelay(META);
    return {
      out: relay.whole(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer))),
      state: relay.state,
    };
  }
  const told = (endpoint: Endpoint, model: Model, answer: unknown): unknown =>
    JSON.parse(whole(endpoint, model, answer).out.toString());

  it.each([
    ['ollama_chat', OLLAMA, ollamaAnswer],
    ['openai_chat', OPENAI, openaiAnswer],
  ] as const)('%s passes the same bytes and reads them', (endpoint, model, answer) => {
    const bytes = Buffer.from(JSON.stringify(answer, null, 1));
    const relay = prepareCall(endpoint, { messages: [USER], stream: false }, model).openRelay(META);
    expect(relay.whole(bytes)).toBe(bytes);
    expect(relay.state).toMatchObject({
      text: 'Hé',
      thinking: 'hm',
      toolCalls: 1,
      terminal: true,
      usage: { promptTokens: 30, completionTokens: 45 },
    });
  });

  it('Ollama → OpenAI', () => {
    expect(told('openai_chat', OLLAMA, ollamaAnswer)).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'qwen3:32b',
      system_fingerprint: 'fp_sluice',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hé',
            refusal: null,
            reasoning: 'hm',
            reasoning_content: 'hm',
            tool_calls: [call],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage,
    });
  });

  it('OpenAI → Ollama', () => {
    const head = { model: 'qwen3:32b', created_at: '2023-11-14T22:13:20.000Z' };
    const end = { done: true, done_reason: 'stop', prompt_eval_count: 30, eval_count: 45 };
    const tool = { id: 'call_1_0', function: { index: 0, name: 'weather', arguments: { city: 'Rome' } } };
    expect(told('ollama_chat', OPENAI, openaiAnswer)).toEqual({
      ...head,
      message: { role: 'assistant', content: 'Hé', thinking: 'hm', tool_calls: [tool] },
      ...end,
    });
    expect(told('ollama_generate', OPENAI, openaiAnswer)).toEqual({
      ...head,
      response: 'Hé',
      thinking: 'hm',
      tool_calls: [tool],
      ...end,
    });
  });

  it.each([
    ['ollama', OLLAMA, ollamaAnswer, 'stop'],
    ['openai', OPENAI, openaiAnswer, 'tool_calls'],
  ] as const)('%s → chat', (_name, model, answer, finish) => {
    expect(told('chat', model, answer)).toEqual({
      id: 'req_1',
      model_id: 'm1',
      session_id: 'ses_1',
      message: { role: 'assistant', content: 'Hé', thinking: 'hm' },
      finish_reason: finish,
      usage,
      assignment: {
        route_id: 'support',
        reason: 'rule',
        bucket: 89,
        assigned_model_id: 'm1',
        fallback: null,
        config_version: 7,
      },
    });
  });

  it('unknown usage is null, never zero', () => {
    const { prompt_eval_count: _, ...cached } = ollamaAnswer;
    expect(told('chat', OLLAMA, cached)).toMatchObject({
      usage: { prompt_tokens: null, completion_tokens: 45, total_tokens: null },
    });
    expect(told('openai_chat', OLLAMA, { ...cached, eval_count: undefined })).toMatchObject({ usage: null });
  });

  it('an answer that was not finished is not given an end', () => {
    const { out, state } = whole('openai_chat', OLLAMA, {
      ...ollamaAnswer,
      done: false,
      done_reason: undefined,
    });
    expect(state.terminal).toBe(false);
    expect(JSON.parse(out.toString())).toMatchObject({ choices: [{ finish_reason: null }] });
  });

  it.each<[answer: string, message: RegExp, error: string | null]>([
    ['<html><title>x</title></html>', /an HTML page where/, null],
    ['', /nothing where/, null],
    ['{"model":', /no JSON where/, null],
    ['[]', /no chat answer/, null],
    ['{"hello":1}', /no chat answer/, null],
    ['{"error":"boom"}', /reported an error: boom/, 'boom'],
  ])('refuses %s', (answer, message, error) => {
    for (const [endpoint, model] of [
      ['ollama_chat', OLLAMA],
      ['openai_chat', OPENAI],
      ['chat', OLLAMA],
    ] as const) {
      const relay = prepareCall(endpoint, { messages: [USER], stream: false }, model).openRelay(META);
      const attempt = (): Buffer => relay.whole(Buffer.from(answer));
      expect(attempt).toThrow(
        expect.objectContaining({ code: 'upstream_error', message: expect.stringMatching(message) }),
      );
      expect(relay.state.error?.message ?? null).toBe(error);
    }
  });
});
