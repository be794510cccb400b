import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../sim/rng.ts';
import { type AnswerPair, asScores, countWins, readPreference } from './preference.ts';
import type { Mark } from './queue.ts';
import { readAgreement } from './reading.ts';

const QUESTION = { id: 'preference', scale: 'which' } as const;
let made = 0;
/** Answers of `a` and `b`, with these marks, each by another reviewer; null for who passed the pair over. */
function pair(user: string | null, left: 'a' | 'b', ...marks: readonly (Mark | null)[]): AnswerPair {
  const ratings = marks.map((mark, n) => ({
    reviewer: `r${n}`,
    marks: mark === null ? null : { preference: mark },
  }));
  made += 1;
  return { id: `item_${made}`, user, left, ratings };
}
const read = (pairs: readonly AnswerPair[]) => readPreference(asScores(pairs, 'b'), QUESTION);

describe('what was preferred', () => {
  it('is told by model, wherever it stood', () => {
    const pairs = [
      pair('1', 'a', 'right'),
      pair('2', 'b', 'left'),
      pair('3', 'a', 'left'),
      pair('4', 'b', 'same'),
      pair('5', 'a', 'left', 'right'), // reviewers differ
      pair('6', 'a', 'right', 'same'),
      pair('7', 'a', null),
      pair('8', 'b'),
    ];
    expect(countWins(asScores(pairs, 'b'), QUESTION)).toEqual({ wins: [1, 3], same: 2 });
    expect(countWins(asScores(pairs, 'a'), QUESTION)).toEqual({ wins: [3, 1], same: 2 });
    expect(read(pairs)).toMatchObject({ status: 'ok', est: (1 + 1 + 0.5 + 0.5 + 0.75) / 6, n: 6, users: 6 });
  });

  it('counts a user once, and each who is nobody', () => {
    const often = Array.from({ length: 8 }, () => pair('often', 'a', 'right'));
    expect(read([...often, pair('once', 'a', 'left')])).toMatchObject({ est: 0.5, n: 9, users: 2 });
    expect(read([pair(null, 'a', 'left'), pair(null, 'a', 'right')])).toMatchObject({ est: 0.5, users: 2 });
  });

  it('is no number before the first mark', () => {
    expect(read([pair('1', 'a'), pair('2', 'b', null)])).toEqual({ status: 'insufficient_data' });
  });

  it('does not depend on where answers stood, and is one minus itself for the other model', () => {
    const marks = fc.array(fc.constantFrom<Mark>('left', 'right', 'same'), { maxLength: 3 });
    const some = fc.array(fc.record({ user: fc.constantFrom('1', '2', '3', null), marks }), { minLength: 1 });
    const turned: Partial<Record<string, Mark>> = { left: 'right', right: 'left' };
    fc.assert(
      fc.property(some, (list) => {
        const found = read(list.map((one) => pair(one.user, 'a', ...one.marks)));
        const swapped = list.map((one) =>
          pair(one.user, 'b', ...one.marks.map((mark) => turned[String(mark)] ?? mark)),
        );
        expect(read(swapped)).toEqual(found);
        const other = readPreference(asScores(swapped, 'a'), QUESTION);
        expect(other.status).toBe(found.status);
        if (found.status !== 'ok' || other.status !== 'ok') return;
        expect(other.est).toBeCloseTo(1 - found.est, 9);
        expect(found.lo <= found.est + 1e-9 && found.est <= found.hi + 1e-9).toBe(true);
      }),
    );
  });

  it('agrees by degrees: neither lies between the two', () => {
    const of = (...marks: Mark[]) => pair(null, 'a', ...marks);
    const alphaOf = (pairs: readonly AnswerPair[]) => {
      const found = readAgreement(asScores(pairs, 'b'), QUESTION);
      if (found.status !== 'ok') throw new Error(found.status);
      return found.alpha;
    };
    const sure = [of('left', 'left'), of('right', 'right'), of('same', 'same')];
    expect(alphaOf(sure)).toBe(1);
    expect(alphaOf([...sure, of('left', 'same')])).toBeGreaterThan(alphaOf([...sure, of('left', 'right')]));
  });

  it('covers the truth at every look, of users whose pairs are alike, in 95 % of batches and more', () => {
    const { next } = createRng(11);
    let missed = 0;
    for (let batch = 0; batch < 300; batch += 1) {
      const pairs = Array.from({ length: 30 }, (_, user) => {
        const taste = next(); // the share in which this user's pairs are won by b; ½ on average
        const wonByB = () => (next() < 0.8 ? next() < taste : next() < 0.5);
        const own = 1 + Math.floor(next() * 4);
        return Array.from({ length: own }, () => pair(String(user), 'a', wonByB() ? 'right' : 'left'));
      }).flat();
      const keyed = pairs.map((one) => ({ one, key: next() })).sort((x, y) => x.key - y.key);
      const shuffled = keyed.map(({ one }) => one);
      const isCovered = [4, 8, 12, 16, 24, 32, 40, 50, 60, 80].every((rated) => {
        const found = read(shuffled.map((one, n) => (n < rated ? one : { ...one, ratings: [] })));
        return found.status === 'ok' && found.lo <= 0.5 && 0.5 <= found.hi;
      });
      if (!isCovered) missed += 1;
    }
    expect(missed / 300).toBeLessThanOrEqual(0.05);
  });
});
