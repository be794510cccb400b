import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf } from './agreement.ts';

/** Krippendorff 2011: four observers, twelve units, a dot where one did not see the unit. */
const OBSERVERS = ['123321412...', '1233224125.3', '.3332342251.', '12332441251.'];
const PUBLISHED = Array.from({ length: 12 }, (_, unit) =>
  OBSERVERS.flatMap((marks) => (marks[unit] === '.' ? [] : [Number(marks[unit])])),
);

const marks = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }), { maxLength: 20 });
const level = fc.constantFrom('nominal' as const, 'ordinal' as const);

describe('agreement', () => {
  it.each([
    ['nominal', 0.743],
    ['ordinal', 0.815],
  ] as const)('is α = %s %f in the published example', (kind, alpha) => {
    const found = agreementOf(PUBLISHED, kind);
    expect(found.status === 'ok' && Number(found.alpha.toFixed(3))).toBe(alpha);
    expect(found).toMatchObject({ answers: 11, marks: 40 });
  });

  it.each([
    ['nobody rated twice', [[1], [0], []], 'insufficient_data'],
    ['nothing was rated', [], 'insufficient_data'],
    [
      'everybody always says the same',
      [
        [1, 1],
        [1, 1],
      ],
      'zero_variance',
    ],
    ['a mark is none', [[1, Number.NaN]], 'invalid_input'],
  ])('has no number where %s', (_, answers, status) => {
    expect(agreementOf(answers, 'nominal')).toEqual({ status });
  });

  it('is 1 where each answer is marked alike, and does not depend on the order of anything', () => {
    fc.assert(
      fc.property(marks, level, (answers, kind) => {
        const found = agreementOf(answers, kind);
        const turned = agreementOf(answers.map((one) => one.toReversed()).toReversed(), kind);
        expect(turned.status).toBe(found.status);
        if (found.status !== 'ok' || turned.status !== 'ok') return;
        expect(turned.alpha).toBeCloseTo(found.alpha, 9);
        expect(found.alpha).toBeLessThanOrEqual(1 + 1e-12);
        const isUnanimous = answers.every((one) => new Set(one).size <= 1);
        expect(Math.abs(found.alpha - 1) < 1e-12).toBe(isUnanimous);
      }),
    );
  });

  it('judges marks of two kinds alike on both levels', () => {
    const two = fc.array(fc.array(fc.constantFrom(0, 1), { maxLength: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(two, (answers) => {
        const [nominal, ordinal] = [agreementOf(answers, 'nominal'), agreementOf(answers, 'ordinal')];
        expect(ordinal.status).toBe(nominal.status);
        if (nominal.status === 'ok' && ordinal.status === 'ok')
          expect(ordinal.alpha).toBeCloseTo(nominal.alpha, 9);
      }),
    );
  });
});
