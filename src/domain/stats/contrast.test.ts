import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanSums, numbers, ratioSums, real, sumOf, users } from '../../../test/support/stats-arbitraries.ts';
import { contrastArms, type Scale } from './contrast.ts';
import { contrastCuped, isCupedWorthwhile } from './cuped.ts';
import { type Estimate, estimateArm } from './estimate.ts';
import { contrastStrata } from './post-stratify.ts';

const scales = fc.constantFrom<Scale>('absolute', 'relative', 'log');

describe('contrasts', () => {
  it('swapping arms turns the sign on the absolute and the log scale', () => {
    const estimates: fc.Arbitrary<Estimate> = fc
      .record({ n: fc.integer({ min: 2, max: 1e6 }), est: real(0.01, 50), variance: real(1e-4, 100) })
      .map((arm) => ({ ...arm, se: Math.sqrt(arm.variance / arm.n) }));
    fc.assert(
      fc.property(estimates, estimates, (a, b) => {
        for (const scale of ['absolute', 'log'] as const) {
          const [there, back] = [numbers(contrastArms(a, b, scale)), numbers(contrastArms(b, a, scale))];
          expect(back.est).toBeCloseTo(-there.est, 10);
          expect(back.se).toBeCloseTo(there.se, 10);
          expect(there.dof).toBeGreaterThanOrEqual(Math.min(a.n, b.n) - 1 - 1e-6);
        }
      }),
    );
  });

  it('one stratum is no stratification, and equal halves are like one', () => {
    fc.assert(
      fc.property(users, users, scales, (a, b, scale) => {
        const [control, treatment] = [ratioSums(a), ratioSums(b)];
        const [armA, armB] = [numbers(estimateArm(control)), numbers(estimateArm(treatment))];
        const plain = contrastArms(armA, armB, scale);
        const one = contrastStrata([{ control, treatment }], scale);
        expect(one.status).toBe(plain.status);
        if (plain.status !== 'ok' || one.status !== 'ok') return;
        expect([one.est, one.n]).toEqual([expect.closeTo(plain.est, 9), plain.n]);
        expect(one.se).toBeCloseTo(plain.se, 9);
        if (armA.variance === 0 || armB.variance === 0) return; // halves that do not vary are put together
        const halves = contrastStrata(
          [
            { control, treatment },
            { control, treatment },
          ],
          scale,
          [50, 50],
        );
        expect(numbers(halves).est).toBeCloseTo(plain.est, 9);
        expect(numbers(halves).se).toBeCloseTo(plain.se / Math.SQRT2, 9);
      }),
    );
  });

  it('puts a stratum that is too thin into the largest', () => {
    const arm = (n: number, sum: number) => ({ type: 'prop' as const, n, sum });
    const whole = { control: arm(901, 541), treatment: arm(900, 570) };
    const thin = { control: arm(1, 1), treatment: arm(0, 0) };
    const other = { control: arm(300, 200), treatment: arm(310, 190) };
    const rest = { control: arm(900, 540), treatment: arm(900, 570) };
    expect(contrastStrata([thin, other, rest], 'log')).toEqual(contrastStrata([whole, other], 'log'));
    expect(contrastStrata([thin], 'log')).toEqual({ status: 'insufficient_data' });
    expect(contrastStrata([rest, { ...other, control: { ...other.control, sum: 301 } }], 'log')).toEqual({
      status: 'invalid_input',
    });
    expect(contrastStrata([rest, other], 'absolute', [1])).toEqual({ status: 'invalid_input' });
  });

  it('an adjustment by something that explains nothing changes nothing, one that explains helps', () => {
    fc.assert(
      fc.property(users, users, (a, b) => {
        const sums = (
          rows: readonly { m: number; d: number }[],
          x: (row: { m: number; d: number }) => number,
        ) => ({
          n: rows.length,
          ySum: sumOf(rows, ({ m }) => m),
          ySumSquares: sumOf(rows, ({ m }) => m * m),
          xSum: sumOf(rows, x),
          xSumSquares: sumOf(rows, (row) => x(row) ** 2),
          xySum: sumOf(rows, (row) => row.m * x(row)),
        });
        const plain = contrastArms(
          numbers(estimateArm(meanSums(a))),
          numbers(estimateArm(meanSums(b))),
          'absolute',
        );
        fc.pre(plain.status === 'ok');
        const useless = numbers(
          contrastCuped(
            sums(a, () => 4),
            sums(b, () => 4),
            'absolute',
          ),
        );
        expect([useless.theta, useless.varianceRatio]).toEqual([0, expect.closeTo(1, 12)]);
        expect(useless.est).toBeCloseTo(numbers(plain).est, 12);
        const half = (row: { m: number; d: number }) => 2 * row.m + (row.d % 2);
        const helped = contrastCuped(sums(a, half), sums(b, half), 'absolute');
        if (helped.status === 'ok' && a.length > 20 && b.length > 20)
          expect(helped.varianceRatio).toBeLessThan(1);
      }),
    );
  });

  it('an adjustment is worth its trouble with enough users known from before, and where it helps', () => {
    const worth = (n: number, known: number, varianceRatio: number) =>
      isCupedWorthwhile({ n, varianceRatio }, known);
    expect([worth(100, 5, 0.9), worth(99, 50, 0.9), worth(200, 9, 0.9), worth(200, 90, 1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
