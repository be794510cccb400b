import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers, real } from '../../../test/support/stats-arbitraries.ts';
import { testRareEvent } from './rare-event.ts';
import { rateSequence } from './rate-sequence.ts';
import { checkSampleRatio, gatherRatioEvidence } from './sample-ratio.ts';

describe('counts', () => {
  it('a sample ratio does not mind the order of the arms or the size of the weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 20, max: 900 }), real(0.2, 1)), { minLength: 2 }),
        (arms) => {
          const [counts, weights] = [arms.map(([count]) => count), arms.map(([, weight]) => weight)];
          const back = [counts.toReversed(), weights.map((weight) => weight * 7).toReversed()] as const;
          const there = checkSampleRatio(counts, weights);
          const again = checkSampleRatio(...back);
          expect(again.status).toBe(there.status);
          if (there.status === 'ok') expect(numbers(again).chi2).toBeCloseTo(there.chi2, 6);
          const evidence = numbers(gatherRatioEvidence([counts], weights));
          expect(numbers(gatherRatioEvidence([back[0]], back[1])).logE).toBeCloseTo(evidence.logE, 6);
        },
      ),
    );
  });

  it('e-values of counts have mean one over every outcome', () => {
    const users = 12;
    for (const share of [0.5, 0.2]) {
      let [ratio, rare] = [0, 0];
      for (let hits = 0; hits <= users; hits += 1) {
        let probability = share ** hits * (1 - share) ** (users - hits);
        for (let i = 0; i < hits; i += 1) probability *= (users - i) / (i + 1);
        const weights = [share, 1 - share];
        ratio += probability * Math.exp(numbers(gatherRatioEvidence([[hits, users - hits]], weights)).logE);
        const control = { users: 1_000, withEvent: users - hits };
        const treatment = { users: (1_000 * share) / (1 - share), withEvent: hits };
        rare += probability * Math.exp(numbers(testRareEvent({ control, treatment })).logE);
      }
      expect([ratio, rare]).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    }
  });

  it('a 45/55 split is found, an even one is not, and what was found stays found', () => {
    const grown = (share: number) =>
      Array.from({ length: 20 }, () => [Math.round(100 * share), Math.round(100 * (1 - share))]);
    expect(numbers(gatherRatioEvidence(grown(0.45), [1, 1])).p).toBeLessThan(0.01);
    expect(numbers(gatherRatioEvidence(grown(0.5), [1, 1])).p).toBe(1);
    const mended = [...grown(0.4), ...grown(0.6)];
    expect(numbers(gatherRatioEvidence(mended, [1, 1])).p).toBeLessThan(0.01);
    expect(gatherRatioEvidence([[5, 1]], [1, 0])).toEqual({ status: 'invalid_input' });
    expect(checkSampleRatio([5, 5, 1], [1, 1, 0])).toEqual({ status: 'units_in_zero_weight_arm' });
  });

  it('a rate lies in its own sequence, which narrows with what is seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), real(0, 1), (n, share) => {
        const successes = Math.round(n * share);
        const { est, lo, hi } = numbers(rateSequence({ successes, n }, { tightestAt: 100 }));
        expect([lo <= est, est <= hi, lo >= 0, hi <= 1]).toEqual([true, true, true, true]);
        const more = numbers(rateSequence({ successes: successes * 10, n: n * 10 }, { tightestAt: 100 }));
        expect(more.hi - more.lo).toBeLessThanOrEqual(hi - lo);
      }),
    );
  });
});
