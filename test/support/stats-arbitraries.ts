import fc from 'fast-check';
import type { Effect } from '../../src/domain/stats/contrast.ts';
import type { RatioSums } from '../../src/domain/stats/estimate.ts';
import type { Outcome } from '../../src/domain/stats/outcome.ts';

/** The numbers of an outcome that must have some. */
export function numbers<T>(outcome: Outcome<T>): T {
  if (outcome.status !== 'ok') throw new Error(`expected numbers, got ${outcome.status}`);
  return outcome;
}

export const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
export const effects: fc.Arbitrary<Effect> = fc.record({
  est: real(-5, 5),
  se: real(1e-3, 3),
  n: fc.integer({ min: 4, max: 1_000_000 }),
  dof: fc.option(real(2, 1e6), { nil: null }),
});
export const levels = real(0.001, 0.3);
/** Rows of users, from which any sums can be made. */
export const users = fc.array(
  fc.record({ m: fc.integer({ min: 0, max: 6 }), d: fc.integer({ min: 1, max: 9 }) }),
  {
    minLength: 3,
    maxLength: 40,
  },
);

export const sumOf = <T>(rows: readonly T[], value: (row: T) => number) =>
  rows.reduce((sum, row) => sum + value(row), 0);
export const ratioSums = (rows: readonly { m: number; d: number }[]): RatioSums => ({
  type: 'ratio',
  n: rows.length,
  mSum: sumOf(rows, ({ m }) => m),
  mSumSquares: sumOf(rows, ({ m }) => m * m),
  dSum: sumOf(rows, ({ d }) => d),
  dSumSquares: sumOf(rows, ({ d }) => d * d),
  mdSum: sumOf(rows, ({ m, d }) => m * d),
});
export const meanSums = (rows: readonly { m: number }[]) => ({
  type: 'mean' as const,
  n: rows.length,
  sum: sumOf(rows, ({ m }) => m),
  sumSquares: sumOf(rows, ({ m }) => m * m),
});
