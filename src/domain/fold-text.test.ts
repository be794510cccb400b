import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText, MAX_MESSAGE_CHARS } from './fold-text.ts';

describe('foldText', () => {
  it.each([
    ['width and case', 'ＡＢＣ１２３ Hello', 'abc123 hello'],
    ['traditional characters', '訂單沒到，請問為什麼？', '订单没到\n请问为什么'],
    ['apostrophes', "I don’t know where's it, John`s", 'i dont know where it\njohn'],
    ['clauses', 'Sorry, what? 啊！什么。', 'sorry\nwhat\n啊\n什么'],
    ['numbers stay whole', '1,000 or 3.5 at 12:30', '1 000 or 3 5 at 12 30'],
    ['addresses are no clauses', 'see example.com', 'see example com'],
    ['quotes, brackets, emoji', '“好的” (ok) 👍 #12', '好的 ok 12'],
    ['other scripts', 'Где мой заказ? 주문 어디', 'где мой заказ\n주문 어디'],
    ['nothing', ' ?！…👍 ', ''],
  ])('%s', (_name, text, folded) => {
    expect(foldText(text, MAX_MESSAGE_CHARS)).toBe(folded);
  });

  it('reads a text that is too long by its two ends', () => {
    const folded = foldText(`first ${'x'.repeat(1_000_000)} last`, 2_000);
    expect(folded.length).toBeLessThanOrEqual(2_001);
    expect(folded).toMatch(/^first x+\nx+ last$/);
  });

  it('keeps a long text whole where it may', () => {
    const text = `${'abc '.repeat(20_000)}end`;
    expect(foldText(text, 100_000)).toBe(text);
  });

  it('never leaves a mark, a capital or a gap at an end, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const folded = foldText(text, MAX_MESSAGE_CHARS);
        expect(folded).not.toMatch(/[A-Z,.!?。、]|^[ \n]|[ \n]$|[ \n]{2}/);
      }),
    );
  });
});
