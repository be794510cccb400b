import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanSums, numbers, ratioSums, users } from '../../../test/support/stats-arbitraries.ts';
import { testAnyTime } from './always-valid.ts';
import { estimateArm } from './estimate.ts';
import { testOnce } from './fixed-horizon.ts';
import { readHybrid } from './hybrid.ts';
import { adjustPValues, discoverByEvidence } from './multiplicity.ts';
import { readNonInferiority } from './non-inferiority.ts';
import type { Outcome } from './outcome.ts';
import { sampleSize } from './power.ts';

describe('estimateArm', () => {
  it('a ratio over one each is the mean, and a mean of zeros and ones nearly the proportion', () => {
    fc.assert(
      fc.property(users, (rows) => {
        const ones = rows.map(({ m }) => ({ m: Math.min(m, 1), d: 1 }));
        const [ratio, mean] = [numbers(estimateArm(ratioSums(ones))), numbers(estimateArm(meanSums(ones)))];
        const share = numbers(estimateArm({ type: 'prop', n: rows.length, sum: ratio.est * rows.length }));
        expect(ratio.est).toBeCloseTo(mean.est, 12);
        expect(ratio.variance).toBeCloseTo(mean.variance, 9);
        expect(share.variance).toBeCloseTo((mean.variance * (rows.length - 1)) / rows.length, 9);
      }),
    );
  });
});

describe('what cannot be', () => {
  it.each<[string, Outcome<object>]>([
    ['NaN', estimateArm({ type: 'mean', n: 5, sum: Number.NaN, sumSquares: 4 })],
    ['an infinite sum', estimateArm({ type: 'prop', n: 5, sum: Number.POSITIVE_INFINITY })],
    ['more than all', estimateArm({ type: 'prop', n: 5, sum: 6 })],
    ['a negative count', estimateArm({ type: 'prop', n: -5, sum: 0 })],
    ['a level of zero', testOnce({ est: 1, se: 1, dof: null }, { alpha: 0 })],
    [
      'a level of one half, one-sided',
      testAnyTime({ est: 1, se: 1, n: 9 }, { alpha: 0.5, alternative: 'less' }),
    ],
    ['an early level above the whole', readHybrid({ est: 1, se: 1, n: 9, dof: null }, { alphaEarly: 0.05 })],
    [
      'a margin of zero',
      readNonInferiority({ est: 1, se: 1, n: 9, dof: null }, { margin: 0, higherIsBetter: true }),
    ],
    ['a probability of two', adjustPValues([2], 'holm')],
    ['a negative e-value', discoverByEvidence([-1])],
    ['no effect to look for', sampleSize({ effect: 0, varControl: 1 })],
  ])('%s is invalid input, without a number', (_, outcome) => {
    expect(outcome).toEqual({ status: 'invalid_input' });
  });

  it('sums that no rows have', () => {
    expect(estimateArm({ type: 'mean', n: 10, sum: 10, sumSquares: 9 })).toEqual({
      status: 'negative_variance',
    });
    const ratio = ratioSums([
      { m: 1, d: 2 },
      { m: 2, d: 1 },
      { m: 0, d: 5 },
    ]);
    expect(estimateArm({ ...ratio, dSumSquares: 1 })).toEqual({ status: 'negative_variance' });
    expect(estimateArm({ ...ratio, mdSum: 60 })).toEqual({ status: 'negative_variance' });
    expect(estimateArm({ ...ratio, dSum: 0 })).toEqual({ status: 'zero_denominator' });
  });

  it('rounding is no negative variance', () => {
    const values = Array.from({ length: 1_000 }, () => 0.1 + 1e-14);
    const arm = meanSums(values.map((m) => ({ m })));
    expect(numbers(estimateArm(arm)).variance).toBeLessThan(1e-12);
  });
});
