import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, hash32 } from './rng.ts';
import { answerText, countTokens, languageOf, splitPieces } from './text.ts';

describe('createRng', () => {
  it('repeats itself for the same seed and differs for another', () => {
    const draw = (...seed: (string | number)[]) => {
      const rng = createRng(...seed);
      return Array.from({ length: 5 }, () => rng.next());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw('1', 'a')).not.toEqual(draw('1a'));
  });

  it('draws evenly, and log-normally around the median', () => {
    const rng = createRng('even');
    const draws = Array.from({ length: 20_000 }, () => rng.next());
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(draws.reduce((sum, one) => sum + one, 0) / draws.length).toBeCloseTo(0.5, 2);
    const times = Array.from({ length: 20_000 }, () => rng.logNormal(100, 0.3)).sort((a, b) => a - b);
    expect(times[10_000]).toBeGreaterThan(97);
    expect(times[10_000]).toBeLessThan(103);
    expect(times[19_000]).toBeGreaterThan(155);
    expect(times[19_000]).toBeLessThan(172);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRng(1).pick([])).toThrow(RangeError);
    expect(hash32('')).toBe(hash32(''));
  });
});

describe('the support bot', () => {
  const say = (question: string, previous: string | null = null, tokens = 60) =>
    answerText({ question, previous, tokens, rng: createRng(7, question) });

  it.each([
    ['我的订单什么时候到货？', 'zh'],
    ['iPhone 的 refund 怎么办', 'zh'],
    ['Where is my parcel?', 'en'],
    ['', 'en'],
  ])('answers %j in %s', (question, language) => {
    expect(languageOf(question)).toBe(language);
    expect(languageOf(say(question))).toBe(language);
  });

  it('fills every slot and reaches the wanted length', () => {
    for (const question of ['退款', 'refund', '地址', 'address', '发票', 'invoice', '天气', 'weather', 'x']) {
      const text = say(question, null, 300);
      expect(text).not.toMatch(/[{}]/);
      expect(countTokens(text)).toBeGreaterThanOrEqual(250);
    }
  });

  it('repeats itself when asked to', () => {
    expect(say('再说一遍', '包裹在路上。')).toBe('好的，我再说一遍：包裹在路上。');
    expect(say('Please say that again', 'It is on its way.')).toBe('Sure, once more: It is on its way.');
  });
});

describe('splitPieces', () => {
  it('cuts any text into pieces that add up to it, never inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const pieces = splitPieces(text);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      }),
    );
  });
});
