import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveEdge, removeShare, rulesOf, type Share, setShare, sharesOf, WHOLE } from './split.ts';

const cuts = fc.array(fc.integer({ min: 0, max: WHOLE }), { minLength: 0, maxLength: 5 });
const split = cuts.map((inner): Share[] => {
  const edges = [0, ...inner.toSorted((a, b) => a - b), WHOLE];
  return edges
    .slice(1)
    .map((edge, at) => ({ model_id: `m${at}`, size: edge - (edges[at] ?? 0), description: '' }));
});
const isWhole = (shares: readonly Share[]): boolean =>
  shares.reduce((sum, { size }) => sum + size, 0) === WHOLE && shares.every(({ size }) => size >= 0);

describe('a split', () => {
  it('stays whole whatever is moved, set or removed', () => {
    fc.assert(
      fc.property(split, fc.nat(6), fc.integer({ min: -20_000, max: 20_000 }), (shares, index, by) => {
        expect(isWhole(moveEdge(shares, index, by))).toBe(true);
        expect(isWhole(setShare(shares, index, by))).toBe(true);
        if (shares.length > 1) expect(isWhole(removeShare(shares, index))).toBe(true);
      }),
    );
  });

  it('comes back from rules as it went, to the hundredth', () => {
    fc.assert(
      fc.property(split, (shares) => {
        expect(sharesOf(rulesOf(shares))).toEqual(shares);
      }),
    );
  });

  it('moves an edge between its two neighbours alone', () => {
    const shares = sharesOf([80, 15, 5].map((weight, at) => ({ model_id: `m${at}`, weight })));
    expect(moveEdge(shares, 0, 500).map(({ size }) => size)).toEqual([8_500, 1_000, 500]);
    expect(moveEdge(shares, 1, 9_999).map(({ size }) => size)).toEqual([8_000, 2_000, 0]);
    expect(setShare(shares, 2, 100).map(({ size }) => size)).toEqual([8_400, 1_500, 100]);
  });
});
