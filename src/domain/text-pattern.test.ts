import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, compilePatterns, findPattern, flatText, matchesPattern } from './text-pattern.ts';

const matches = (source: string, text: string): boolean => {
  const pattern = compilePattern(source);
  return pattern !== null && matchesPattern(pattern, flatText(text));
};

describe('matchesPattern', () => {
  it.each([
    ['查订单', '你好，帮我查订单', true],
    ['查订单', '帮我查一下订单', false],
    ['查*订单', '查一下订单', true],
    ['查*订单', '帮我查一下订单', false],
    ['*查*订单*', '帮我查一下订单吧', true],
    ['*refund*', 'Are refunds possible?', true],
    ['refund', 'Are refunds possible?', false],
    ['refund', 'A REFUND, please', true],
    ['改地址', '改地址！', true],
    ['退貨', '我要退货', true],
    ['change address', 'change, address', true],
    ['refund*', 'refund my order', true],
    ['refund*', 'I want a refund', false],
    ['*refund', 'I want a refund.', true],
    ['a*a', 'a', false],
    ['a*a', 'a b a', true],
    ['a*b*a', 'a b', false],
    ['C++', 'c is a letter', true],
  ])('%s in "%s" → %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it('drops patterns that say nothing', () => {
    expect(compilePatterns(['*', '?!', '', '* *'])).toEqual([]);
  });

  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(letters, text, (source, written) => {
        fc.pre(source.includes('*') && /[ab]/.test(source));
        const model = new RegExp(`^${source.replace(/\*+/g, '.*')}$`);
        expect(matches(source, written)).toBe(model.test(written));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('findPattern', () => {
  it('tells where the pieces stand', () => {
    const pattern = compilePattern('再*一遍');
    expect(pattern && findPattern(pattern, '请再说一遍吧')).toEqual({ start: 1, end: 5 });
  });
});
