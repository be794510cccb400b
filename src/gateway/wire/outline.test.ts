import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { inbounds } from './inbounds.ts';
import { readRawBody } from './raw-body.ts';
import type { Endpoint, RequestOutline } from './wire.ts';

function outline(endpoint: Endpoint, body: object): RequestOutline {
  return inbounds[endpoint].outline(readRawBody(Buffer.from(JSON.stringify(body))));
}

const USER = { role: 'user', content: 'hi' };

describe('outline', () => {
  it('reads a conversation', () => {
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'developer', content: [{ type: 'text', text: 'And brief.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is' },
          { type: 'image_url', image_url: { url: 'data:' } },
          { type: 'text', text: 'this?' },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [] },
      { role: 'tool', tool_call_id: 'c', content: 'x' },
      { role: 'assistant', content: 'A cat.' },
      { role: 'user', content: 'Sure?' },
    ];
    expect(
      outline('openai_chat', { model: 'support', model_id: '', route: null, stream: true, messages }),
    ).toEqual({
      model: 'support',
      overrideModelId: null,
      route: null,
      stream: true,
      systemText: 'Be kind.\nAnd brief.',
      firstUserText: 'What is\nthis?',
      userMessages: 2,
      assistantMessages: 2,
      endsWithUser: true,
    });
  });

  it('knows the default of stream in each protocol', () => {
    const body = { messages: [USER], prompt: 'hi' };
    expect(outline('openai_chat', body).stream).toBe(false);
    expect(outline('ollama_chat', body).stream).toBe(true);
    expect(outline('ollama_chat', { ...body, stream: null }).stream).toBe(true);
    expect(outline('ollama_generate', body).stream).toBe(true);
    expect(outline('chat', { messages: [USER] }).stream).toBe(false);
  });

  it('reads a prompt as a conversation of one message, and loading a model as none', () => {
    expect(outline('ollama_generate', { prompt: 'hi', system: 's' })).toMatchObject({
      firstUserText: 'hi',
      systemText: 's',
      userMessages: 1,
      endsWithUser: true,
    });
    expect(outline('ollama_generate', { model: 'm' })).toMatchObject({
      userMessages: 0,
      endsWithUser: false,
    });
    expect(outline('ollama_chat', { messages: [] })).toMatchObject({ userMessages: 0, endsWithUser: false });
    expect(outline('ollama_chat', { keep_alive: 0 }).userMessages).toBe(0);
  });

  it('takes overrides and routes in every protocol', () => {
    for (const endpoint of ['openai_chat', 'ollama_chat', 'chat'] as const) {
      expect(outline(endpoint, { messages: [USER], model_id: 'm1', route: 'r' })).toMatchObject({
        overrideModelId: 'm1',
        route: 'r',
      });
    }
  });

  it('lets fields through that it does not know, except on /v1/chat', () => {
    const body = { messages: [USER], chat_template_kwargs: { x: 1 }, top_k: 'whatever' };
    expect(outline('openai_chat', body).userMessages).toBe(1);
    expect(outline('ollama_chat', body).userMessages).toBe(1);
    expect(() => outline('chat', body)).toThrow(
      /chat_template_kwargs is not a known field; known are messages/,
    );
  });

  it('takes every field of /v1/chat', () => {
    const options = { temperature: 1, top_k: 1, num_predict: 5, stop: ['x'], seed: null };
    const more = { user_id: 'u', session_id: 's', metadata: { segment: 'beta' } };
    expect(outline('chat', { messages: [USER], stream: false, options, ...more }).userMessages).toBe(1);
  });

  it.each<[endpoint: Endpoint, body: object, param: string, message: RegExp]>([
    ['openai_chat', {}, 'messages', /is missing/],
    ['chat', {}, 'messages', /is missing/],
    ['ollama_chat', {}, 'messages', /is missing/],
    ['openai_chat', { messages: [] }, 'messages', /is empty/],
    ['chat', { messages: [] }, 'messages', /must not be empty/],
    ['openai_chat', { messages: 'hi' }, 'messages', /must be a list, not a string/],
    ['openai_chat', { messages: ['hi'] }, 'messages[0]', /must be an object, not a string/],
    ['openai_chat', { messages: [USER, { content: 'x' }] }, 'messages[1].role', /must be a string/],
    [
      'openai_chat',
      { messages: [{ role: 'user', content: 5 }] },
      'messages[0].content',
      /must be a string, not a number/,
    ],
    [
      'openai_chat',
      { messages: [{ role: 'user', content: ['x'] }] },
      'messages[0].content[0]',
      /must be an object/,
    ],
    [
      'openai_chat',
      { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      'messages[0].content[0].type',
      /must be a string/,
    ],
    [
      'ollama_chat',
      { messages: [{ role: 'user', content: [] }] },
      'messages[0].content',
      /must be a string, not a list/,
    ],
    ['openai_chat', { messages: [USER], stream: 'yes' }, 'stream', /must be true or false, not a string/],
    ['openai_chat', { messages: [USER], model: 5 }, 'model', /must be a string, not a number/],
    ['openai_chat', { messages: [USER], tools: {} }, 'tools', /must be a list, not an object/],
    ['openai_chat', { messages: [USER], stream_options: true }, 'stream_options', /must be an object/],
    ['ollama_chat', { messages: [USER], options: [] }, 'options', /must be an object, not a list/],
    ['ollama_generate', { prompt: ['x'] }, 'prompt', /must be a string/],
    ['chat', { messages: [USER], model: 'm' }, 'model', /name a model with model_id, or a route with route/],
    ['chat', { messages: [{ ...USER, name: 'x' }] }, 'messages[0].name', /is not a known field/],
    [
      'chat',
      { messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].role',
      /must be one of "system", "user", "assistant"/,
    ],
    [
      'chat',
      { messages: [{ role: 'user', content: null }] },
      'messages[0].content',
      /must be a text, got null/,
    ],
    ['chat', { messages: [USER], user_id: 5 }, 'user_id', /must be a text, got 5/],
    ['chat', { messages: [USER], options: { num_ctx: 5 } }, 'options.num_ctx', /is not a known field/],
    [
      'chat',
      { messages: [USER], options: { temperature: 'hot' } },
      'options.temperature',
      /must be a number, got "hot"/,
    ],
    ['chat', { messages: [USER], options: { stop: 'x' } }, 'options.stop', /must be a list, got "x"/],
  ])('%s refuses %j and names the field', (endpoint, body, param, message) => {
    const attempt = (): RequestOutline => outline(endpoint, body);
    expect(attempt).toThrow(Fault);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', param }));
  });
});
