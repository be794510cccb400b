import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../sim/rng.ts';
import type { ReviewItem } from './queue.ts';
import { readAgreement, readQuestion } from './reading.ts';

const YES_NO = { id: 'accuracy', scale: 'yes_no' } as const;
const MARKS = { id: 'tone', scale: '1-5' } as const;
/** One answer with these marks, each by another reviewer; null for who passed it over. */
const item = (...marks: readonly (boolean | number | null)[]): ReviewItem => ({
  id: 'i',
  ratings: marks.map((mark, i) => ({
    reviewer: `r${i}`,
    marks: mark === null ? null : { accuracy: mark, tone: mark },
  })),
});

describe('what reviewers found', () => {
  it.each<[string, readonly ReviewItem[], number, number]>([
    ['the share of yes', [item(true), item(true), item(false), item(true)], 0.75, 4],
    ['each answer once, with the mean of its marks', [item(true, false), item(true)], 0.75, 2],
    ['nothing of what was passed over or not rated', [item(true), item(null), item()], 1, 1],
  ])('is %s', (_, items, est, n) => {
    expect(readQuestion(items, YES_NO)).toMatchObject({ status: 'ok', est, n });
  });

  it('is the mean mark on a scale, within its interval and the scale', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }), (marks) => {
        const found = readQuestion(
          marks.map((mark) => item(mark)),
          MARKS,
        );
        if (found.status !== 'ok') throw new Error(found.status);
        expect(found.est).toBeCloseTo(marks.reduce((sum, mark) => sum + mark, 0) / marks.length, 9);
        expect(1 <= found.lo && found.lo <= found.est + 1e-9).toBe(true);
        expect(found.est <= found.hi + 1e-9 && found.hi <= 5).toBe(true);
      }),
    );
  });

  it('is no number before the first mark', () => {
    expect(readQuestion([item(), item(null)], YES_NO)).toEqual({ status: 'insufficient_data' });
  });

  it('covers the truth at every look, marks of any kind, in 95 % of batches and more', () => {
    const { next } = createRng(7);
    let missed = 0;
    for (let batch = 0; batch < 300; batch += 1) {
      const marks = Array.from({ length: 60 }, () => (next() < 0.9 ? 5 : Math.ceil(next() * 5)));
      const truth = 0.9 * 5 + 0.1 * 3;
      const looks = [5, 10, 20, 30, 40, 50, 60].map((n) => {
        const found = readQuestion(
          marks.slice(0, n).map((mark) => item(mark)),
          MARKS,
        );
        return found.status === 'ok' && found.lo <= truth && truth <= found.hi;
      });
      if (looks.includes(false)) missed += 1;
    }
    expect(missed / 300).toBeLessThanOrEqual(0.05);
  });

  it('says how far reviewers agree', () => {
    const items = [item(true, true), item(false, false), item(true, false), item(true)];
    expect(readAgreement(items, YES_NO)).toMatchObject({ status: 'ok', answers: 3, same: 4 / 6 });
    expect(readAgreement([item(true)], YES_NO)).toEqual({ status: 'insufficient_data' });
  });
});
