import { describe, expect, it } from 'vitest';
import { chunk, OPENAI_STREAM, open, run, sse, USAGE_CHUNK } from '../../../test/relay-fixture.ts';

describe('usage filter', () => {
  it('keeps the usage chunk back, cuts usage:null out, and leaves every other byte', () => {
    const withNull =
      ': ping\n\ndata: {"id":"1","choices":[{"index":0,"delta":{"content":"a"}}],"usage":null,"big":12345678901234567890}\n\n';
    const withoutNull =
      ': ping\n\ndata: {"id":"1","choices":[{"index":0,"delta":{"content":"a"}}],"big":12345678901234567890}\n\n';
    const end = sse(chunk({}, 'stop'));
    const { out, state } = run(open('usage filter', 'openai'), [
      Buffer.from(withNull + end + sse(USAGE_CHUNK, '[DONE]')),
    ]);
    expect(out).toBe(withoutNull + end + sse('[DONE]'));
    expect(state.usage).toEqual({ promptTokens: 30, completionTokens: 45 });
  });

  it('passes everything when the client asked for the usage itself', () => {
    const bytes = Buffer.from(OPENAI_STREAM);
    const asked = open('usage filter', 'openai', { stream_options: { include_usage: true } });
    expect(asked.push(bytes)).toBe(bytes);
  });

  it('passes errors, garbage and an unfinished end', () => {
    const stream = `${sse({ error: { message: 'x' } })}what\n\ndata: {"unfin`;
    expect(run(open('usage filter', 'openai'), [Buffer.from(stream)]).out).toBe(stream);
  });

  it('lets an event through that is too long to hold', () => {
    const relay = open('usage filter', 'openai');
    const piece = Buffer.alloc(64 * 1024, 'x');
    const { out } = run(relay, [
      Buffer.from('data: '),
      ...Array.from({ length: 40 }, () => piece),
      Buffer.from('\n\n'),
    ]);
    expect(out.length).toBe(6 + 40 * piece.length + 2);
  });
});
