import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effects, numbers } from '../../../test/support/stats-arbitraries.ts';
import { posteriorOf } from './posterior.ts';

describe('posterior', () => {
  it('is the same question from both sides', () => {
    fc.assert(
      fc.property(effects, (effect) => {
        const up = numbers(posteriorOf(effect));
        const down = numbers(posteriorOf(effect, { lowerIsBetter: true }));
        expect(up.chanceToWin + down.chanceToWin).toBeCloseTo(1, 12);
        expect(up.lossShipTreatment).toBeCloseTo(down.lossKeepControl, 12);
        expect(up.lossKeepControl - up.lossShipTreatment).toBeCloseTo(effect.est, 9);
        const informed = numbers(posteriorOf(effect, { prior: { mean: 0, variance: 0.09 } }));
        expect(Math.abs(informed.mean)).toBeLessThanOrEqual(Math.abs(effect.est));
      }),
    );
  });
});
