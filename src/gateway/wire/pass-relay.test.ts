import { describe, expect, it } from 'vitest';
import {
  chunk,
  ndjson,
  OLLAMA_STREAM,
  OPENAI_STREAM,
  open,
  run,
  said,
  sse,
} from '../../../test/relay-fixture.ts';
import type { TapState } from './wire.ts';

describe('taps', () => {
  const whole = {
    terminal: true,
    isOver: true,
    error: null,
    text: 'Hé好😀\n"x"',
    thinking: '思',
    toolCalls: 1,
    usage: { promptTokens: 30, completionTokens: 45 },
    hasContent: true,
    parseErrors: 0,
    parseTruncated: false,
  };

  it('reads an Ollama stream and gives out the chunk it got', () => {
    const relay = open('tap', 'ollama');
    const bytes = Buffer.from(OLLAMA_STREAM);
    expect(relay.push(bytes)).toBe(bytes);
    expect(relay.end()).toBeNull();
    expect(relay.passThrough).toBe(true);
    expect(relay.state).toEqual({ ...whole, frames: 5, finishReason: 'stop' });
  });

  it('reads an OpenAI stream and gives out the chunk it got', () => {
    const relay = open('tap', 'openai');
    const bytes = Buffer.from(OPENAI_STREAM);
    expect(relay.push(bytes)).toBe(bytes);
    expect(relay.end()).toBeNull();
    expect(relay.state).toEqual({ ...whole, frames: 10, finishReason: 'tool_calls' });
  });

  it('reads /api/generate', () => {
    const stream = ndjson(
      { model: 'm', response: 'a', thinking: 't', done: false },
      { model: 'm', response: '', done: true, done_reason: 'length', eval_count: 2 },
    );
    expect(run(open('tap generate', 'ollama'), [Buffer.from(stream)]).state).toMatchObject({
      text: 'a',
      thinking: 't',
      finishReason: 'length',
      usage: { promptTokens: null, completionTokens: 2 },
    });
  });

  it('is over at [DONE], done at the finish reason', () => {
    const relay = open('tap', 'openai');
    relay.push(Buffer.from(sse(chunk({ content: 'a' }, 'stop'))));
    expect(relay.state).toMatchObject({ terminal: true, isOver: false });
    relay.push(Buffer.from('data: [DO'));
    relay.push(Buffer.from('NE]\n\n'));
    expect(relay.state.isOver).toBe(true);
  });

  const FRAME = JSON.stringify(chunk({ content: 'a' }));
  it.each<[name: string, stream: string, expected: Partial<TapState>]>([
    ['CRLF', `data: ${FRAME}\r\n\r\ndata: ${FRAME}\r\n\r\n`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['CR', `data: ${FRAME}\r\rdata: ${FRAME}\r\r`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['a byte order mark', `\uFEFFdata: ${FRAME}\n\n`, { text: 'a', parseErrors: 0 }],
    ['data: without space', `data:${FRAME}\n\n`, { text: 'a', parseErrors: 0 }],
    [
      'comments and other fields',
      `: ping\n\nevent: x\nid: 1\nretry: 5\ndata: ${FRAME}\n\n`,
      { text: 'a', frames: 1, parseErrors: 0 },
    ],
    [
      'an event of two data lines',
      `data: ${FRAME.slice(0, 6)}\ndata: ${FRAME.slice(6)}\n\n`,
      { text: 'a', frames: 1, parseErrors: 0 },
    ],
    ['two values in one event', `data: ${FRAME}${FRAME}\n\n`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['no blank line at the end', `data: ${FRAME}\n`, { text: 'a', frames: 1, parseErrors: 0 }],
    ['no line end at the end', `data: ${FRAME}`, { text: 'a', frames: 1, parseErrors: 0 }],
    ['garbage', `data: {{{\n\nwhat\n\ndata: ${FRAME}\n\n`, { text: 'a', frames: 1, parseErrors: 2 }],
    ['JSON that is no answer', `data: [1]\n\ndata: {"x":1}\n\n`, { frames: 0, parseErrors: 2 }],
    ['NULs', `\0\0\n\ndata: ${FRAME}\n\n`, { text: 'a', parseErrors: 1 }],
    [
      'an error frame',
      sse(chunk({ content: 'a' }), { error: { message: 'boom', type: 't', code: 500 } }, '[DONE]'),
      { frames: 2, terminal: false, isOver: false, error: { message: 'boom', type: 't', code: '500' } },
    ],
    [
      "llama.cpp's field error:",
      `data: ${FRAME}\n\nerror: {"code":400,"message":"exceeds","type":"exceed_context_size_error"}\n\ndata: [DONE]\n\n`,
      { terminal: false, error: { message: 'exceeds', type: 'exceed_context_size_error', code: '400' } },
    ],
    [
      "vLLM's error object",
      sse({
        object: 'error',
        message: 'EngineCore encountered an issue',
        type: 'BadRequestError',
        code: 400,
      }),
      {
        frames: 0,
        error: { message: 'EngineCore encountered an issue', type: 'BadRequestError', code: '400' },
      },
    ],
    [
      'a bare JSON error',
      '{"error":{"message":"boom"}}\n',
      { frames: 0, error: { message: 'boom', type: null, code: null } },
    ],
    ['an HTML page', '<html>\n<body>502</body>\n</html>\n', { frames: 0, terminal: false, parseErrors: 3 }],
    ['an end without its marker', sse(chunk({ content: 'a' })), { terminal: false, error: null }],
    [
      'the second of two choices',
      sse({ ...chunk({}), choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] }),
      { text: '' },
    ],
    ['a refusal', sse(chunk({ refusal: 'no' })), { text: 'no' }],
  ])('survives in SSE: %s', (_name, stream, expected) => {
    const { out, state } = run(open('tap', 'openai'), [Buffer.from(stream)]);
    expect(out).toBe(Buffer.from(stream).toString('latin1'));
    expect(state).toMatchObject(expected);
  });

  const LINE = JSON.stringify(said({ content: 'a' }));
  it.each<[name: string, stream: string, expected: Partial<TapState>]>([
    ['CRLF', `${LINE}\r\n${LINE}\r\n`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['blank lines', `\n${LINE}\n\n\r\n`, { text: 'a', frames: 1, parseErrors: 0 }],
    ['a byte order mark', `\uFEFF${LINE}\n`, { text: 'a', parseErrors: 0 }],
    ['two values on a line', `${LINE}${LINE}\n`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['values parted by CR', `${LINE}\r${LINE}\n`, { text: 'aa', frames: 2, parseErrors: 0 }],
    ['no line end at the end', LINE, { text: 'a', frames: 1 }],
    ['NULs before a value', `\0\0${LINE}\n`, { text: 'a', parseErrors: 1 }],
    ['garbage', `{"a\nwhat\n${LINE}\n`, { text: 'a', frames: 1, parseErrors: 2 }],
    [
      'an error line',
      ndjson(said({ content: 'a' }), { error: 'boom' }),
      { frames: 1, terminal: false, error: { message: 'boom', type: null, code: null } },
    ],
    [
      'an error wrapped in a text',
      ndjson({ error: '{"error":{"code":400,"message":"too long","type":"exceed_context_size_error"}}' }),
      { error: { message: 'too long', type: 'exceed_context_size_error', code: '400' } },
    ],
    ['an empty error', ndjson({ ...said({ content: 'a' }), error: '' }), { text: 'a', error: null }],
    ['an end without its marker', ndjson(said({ content: 'a' })), { terminal: false, error: null }],
    [
      'a model that was loaded',
      ndjson({ model: 'm', created_at: 't', done: true, done_reason: 'load' }),
      { terminal: true, finishReason: 'load', parseErrors: 0 },
    ],
  ])('survives in NDJSON: %s', (_name, stream, expected) => {
    const { out, state } = run(open('tap', 'ollama'), [Buffer.from(stream)]);
    expect(out).toBe(Buffer.from(stream).toString('latin1'));
    expect(state).toMatchObject(expected);
  });

  it('lets a line of more than 8 MiB through unread and reads on', () => {
    const relay = open('tap', 'ollama');
    const piece = Buffer.alloc(64 * 1024, 'x');
    for (let i = 0; i < 160; i += 1) expect(relay.push(piece)).toBe(piece);
    expect(relay.midFrame()).toBe(true);
    relay.push(Buffer.from(`\n${LINE}\n`));
    expect(relay.midFrame()).toBe(false);
    expect(relay.state).toMatchObject({ parseTruncated: true, parseErrors: 1, text: 'a', frames: 1 });
  });

  it('tells when the bytes end inside a frame', () => {
    for (const upstream of ['ollama', 'openai'] as const) {
      const relay = open('tap', upstream);
      relay.push(Buffer.from(upstream === 'ollama' ? ndjson(said({})) : sse(chunk({}))));
      expect(relay.midFrame()).toBe(false);
      relay.push(Buffer.from('da'));
      expect(relay.midFrame()).toBe(true);
    }
  });
});
