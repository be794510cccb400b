import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { real } from '../../../test/support/stats-arbitraries.ts';
import { estimateQuantile } from './quantile.ts';

describe('estimateQuantile', () => {
  it('a quantile is the value of its rank, and does not mind order or who comes first', () => {
    fc.assert(
      fc.property(fc.array(real(0, 100), { minLength: 60, maxLength: 200 }), (values) => {
        const owners = values.map((_, i) => i % 29);
        const one = estimateQuantile(values, owners, { p: 0.5 });
        const two = estimateQuantile(values.toReversed(), owners.toReversed(), { p: 0.5 });
        expect(two).toEqual(one);
        if (one.status !== 'ok') return;
        expect(one.est).toBe(values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1]);
        expect([one.ranks.lower < values.length / 2, one.ranks.upper > values.length / 2]).toEqual([
          true,
          true,
        ]);
      }),
    );
  });

  it('a quantile among failures has no number', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i < 940 ? i : Number.POSITIVE_INFINITY));
    const owners = values.map((_, i) => (i * i) % 101);
    expect(estimateQuantile(values, owners, { p: 0.95 })).toEqual({ status: 'insufficient_data' });
    expect(estimateQuantile(values, owners, { p: 0.5 }).status).toBe('ok');
  });
});
