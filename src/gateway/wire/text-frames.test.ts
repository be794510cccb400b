import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, open, run, sse } from '../../../test/relay-fixture.ts';
import { TextFrames } from './text-frames.ts';

const frame = (content: string, more = '') =>
  `{"id":"c-1","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}${more}}]}`;

describe('frames that differ in their text alone', () => {
  it('are read without parsing', () => {
    const frames = new TextFrames();
    expect(frames.read(frame('a'))).toBeNull();
    frames.learn(frame('hello'), 'hello');
    expect(frames.read(frame('你好 there'))).toBe('你好 there');
    expect(frames.read(frame(''))).toBe('');
  });

  it.each([
    ['another member', frame('x', ',"finish_reason":"stop"')],
    ['an escape', frame('say "x"')],
    ['a line break', frame('a\nb')],
    ['a text that ends early', frame('x').replace('"x"', '"x","content":"y"')],
    ['less than both ends', '{"id":"c-1","choices":[{"index":0,"delta":{"content":"}}]}'],
    ['an error', '{"error":{"message":"x"}}'],
  ])('are not those with %s', (_name, other) => {
    const frames = new TextFrames();
    frames.learn(frame('hello'), 'hello');
    expect(frames.read(other)).toBeNull();
  });

  it.each([
    ['stands in it twice', frame('hello').replace('c-1', 'hello'), 'hello'],
    ['stands in it otherwise', frame('hello').replace('hello', '\\u0068ello'), 'hello'],
    ['holds a quote', frame('a"b'), 'a"b'],
  ])('are not looked for when the text %s', (_name, first, text) => {
    const frames = new TextFrames();
    frames.learn(first, text);
    expect(frames.read(first)).toBeNull();
  });

  it('mean what the parser says, whatever they hold', () => {
    const content = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', 'a', '"', '\\', '\n', 'c-1', '}]}'),
    );
    const delta = fc.record({ content, reasoning_content: content }, { requiredKeys: [] });
    const finish = fc.constantFrom(null, null, 'stop');
    fc.assert(
      fc.property(fc.array(fc.tuple(delta, finish), { minLength: 1, maxLength: 30 }), (parts) => {
        const frames = parts.map(([piece, reason]) => sse(chunk(piece, reason)));
        const alone = run(open('tap', 'openai'), [Buffer.from(frames.join(''))]);
        const spaced = run(open('tap', 'openai'), [
          Buffer.from(frames.join('').replaceAll('"delta":', '"delta" :')),
        ]);
        expect(alone.state).toEqual(spaced.state);
        const texts = parts.map(([piece]) => piece.content ?? '').join('');
        expect(alone.state.text).toBe(texts);
      }),
    );
  });
});
