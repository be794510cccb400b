import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsOf, keepEnds } from './text-ends.ts';

const WORDS = ['a', 'word ', '你好', '\n', '"', '\\', '\\\\', 'é', '😀', '\u0001', ' ', '/'];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 400 }).map((words) => words.join(''));
/** Non-ASCII as it is, or all of it escaped, as Python writes it. */
const written = fc.tuple(text, fc.boolean()).map(([said, isEscaped]) => {
  const json = JSON.stringify(said);
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return { said, json: isEscaped ? json.replace(/[^ -~]/g, escaped) : json };
});

describe('keepEnds', () => {
  it('gives the text, or its two ends, however it is written', () => {
    const property = fc.property(written, fc.integer({ min: 1, max: 40 }), ({ said, json }, chars) => {
      const bytes = Buffer.from(`{"before":1,"x":${json}}`);
      const start = bytes.indexOf('"x":') + 4;
      const kept = keepEnds(bytes, { start, end: bytes.length - 1 }, 2 * chars);
      bytes.fill(0); // nothing of the body is held
      const ends = kept();
      if (ends === said) return;
      const lines = [...ends.matchAll(/\n/g)].map(({ index }) => [
        ends.slice(0, index),
        ends.slice(index + 1),
      ]);
      const isMadeOfEnds = ([head = '', tail = '']: string[]): boolean =>
        said.startsWith(head) && said.endsWith(tail);
      expect(lines.some(isMadeOfEnds)).toBe(true);
      expect(ends.length).toBeGreaterThanOrEqual(Math.min(said.length, chars) - 128);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('leaves out an end that has no seam', () => {
    const bytes = Buffer.from(JSON.stringify(`question ${'x'.repeat(5_000)} the end`));
    expect(keepEnds(bytes, { start: 0, end: bytes.length }, 200)()).toMatch(/^\n$/);
  });
});

describe('endsOf', () => {
  it.each([
    ['short', 10, 'short'],
    ['0123456789', 4, '01\n89'],
    ['你好世界再见', 4, '你好\n再见'],
  ])('%s in %i', (whole, chars, expected) => {
    expect(endsOf(whole, chars)).toBe(expected);
  });
});
