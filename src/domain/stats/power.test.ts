import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers, real } from '../../../test/support/stats-arbitraries.ts';
import { powerOf, sampleSize, smallestEffect } from './power.ts';

describe('design', () => {
  it('so many users show so small an effect with so much power', () => {
    fc.assert(
      fc.property(
        fc.record({
          effect: real(0.01, 0.5),
          varControl: real(0.05, 4),
          varTreatment: real(0.05, 4),
          allocation: real(0.3, 3),
          power: real(0.6, 0.95),
          method: fc.constantFrom('fixed' as const, 'sequential' as const),
          sides: fc.constantFrom(1 as const, 2 as const),
        }),
        (input) => {
          const size = numbers(sampleSize({ ...input, alpha: 0.05 }));
          const { control, treatment, total } = size;
          expect(Math.abs(control + treatment - total)).toBeLessThanOrEqual(1);
          fc.pre(treatment > 200 && control > 200);
          const found = numbers(smallestEffect({ ...input, control, treatment }));
          expect(found.effect / input.effect).toBeCloseTo(1, 2);
          const { effect, se } = found;
          const n = control + treatment;
          const { power } = numbers(powerOf({ ...input, effect, se, n, plannedUsers: n }));
          expect(power).toBeCloseTo(input.power, 2);
        },
      ),
    );
  });

  it('a sequential test that is tuned elsewhere needs more users, never fewer by much', () => {
    const input = { effect: 0.03, varControl: 0.21, varTreatment: 0.1971, method: 'sequential' as const };
    const own = numbers(sampleSize(input)).total;
    const elsewhere = [2_000, 5_000, 50_000].map(
      (plannedUsers) => numbers(sampleSize({ ...input, plannedUsers })).total,
    );
    for (const total of elsewhere) expect(total / own).toBeGreaterThan(0.97);
    expect(Math.max(...elsewhere) / own).toBeLessThan(1.5);
  });
});
