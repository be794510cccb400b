import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers, real } from '../../../test/support/stats-arbitraries.ts';
import { adjustPValues, discoverByEvidence } from './multiplicity.ts';

describe('many at once', () => {
  const pValues = fc.array(real(0, 1), { minLength: 1, maxLength: 20 });

  it('adjusted p values keep their order, and methods theirs', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const by = (method: 'bonferroni' | 'holm' | 'bh' | 'by') =>
          numbers(adjustPValues(p, method)).adjusted;
        for (const [i, raw] of p.entries()) {
          const [most, holm, bh] = [by('bonferroni')[i] ?? 0, by('holm')[i] ?? 0, by('bh')[i] ?? 0];
          expect(most).toBeGreaterThanOrEqual(holm);
          expect(holm).toBeGreaterThanOrEqual(bh - 1e-12);
          expect(bh).toBeGreaterThanOrEqual(raw - 1e-12);
          expect(by('by')[i]).toBeGreaterThanOrEqual(bh);
          for (const [k, other] of p.entries()) {
            if (raw < other) expect(holm).toBeLessThanOrEqual(by('holm')[k] ?? 0);
          }
        }
      }),
    );
  });

  it('e-BH rejects the largest, one alone from 1/alpha on', () => {
    expect(numbers(discoverByEvidence([19.9]))).toEqual({ status: 'ok', rejected: [false], threshold: null });
    expect(numbers(discoverByEvidence([20])).rejected).toEqual([true]);
    expect(numbers(discoverByEvidence([21, 1, 30, 25]))).toMatchObject({
      rejected: [false, false, false, false],
    });
    expect(numbers(discoverByEvidence([27, 1, 30, 27]))).toMatchObject({
      rejected: [true, false, true, true],
    });
  });
});
