import { failed, type Outcome, ok } from '../stats/outcome.ts';

/** `nominal`: marks are alike or not. `ordinal`: the further apart two ranks, the worse. */
export type MarkLevel = 'nominal' | 'ordinal';

export interface Agreement {
  /** 1 is perfect, 0 what chance alone gives, below 0 worse than chance. */
  readonly alpha: number;
  /** Share of pairs of marks on the same answer that are equal. */
  readonly same: number;
  /** Answers with two marks or more: only they say something. */
  readonly answers: number;
  readonly marks: number;
}

/**
 * Krippendorff's α = 1 − D_o ÷ D_e of marks by answer, for any number of reviewers, also where not everybody rated
 * everything. Coincidences o_ck: each ordered pair of marks of an answer with m marks counts 1 ÷ (m − 1). D_o = Σ o_ck δ²_ck,
 * D_e = Σ n_c n_k δ²_ck ÷ (n − 1); δ² nominal 0 or 1, ordinal (Σ_{g=c..k} n_g − (n_c + n_k) ÷ 2)². Source: Krippendorff,
 * "Computing Krippendorff's Alpha-Reliability" (2011), whose example is in the tests.
 * Fails with `insufficient_data` (no answer has two marks), `zero_variance` (all marks are equal: chance alone would agree
 * as well), `invalid_input`.
 */
export function agreementOf(answers: readonly (readonly number[])[], level: MarkLevel): Outcome<Agreement> {
  const compared = answers.filter((marks) => marks.length >= 2);
  if (compared.flat().some((mark) => !Number.isFinite(mark))) return failed('invalid_input');
  if (compared.length === 0) return failed('insufficient_data');
  const values = [...new Set(compared.flat())].sort((a, b) => a - b);
  const counts = values.map((value) => compared.flat().filter((mark) => mark === value).length);
  const n = counts.reduce((sum, count) => sum + count, 0);
  const distance = squaredDistance(level, counts);

  let observed = 0;
  let same = 0;
  for (const marks of compared) {
    const places = marks.map((mark) => values.indexOf(mark));
    for (const [i, a] of places.entries()) {
      for (const [j, b] of places.entries()) {
        if (i === j) continue;
        observed += distance(a, b) / (marks.length - 1);
        if (a === b) same += 1 / (marks.length - 1);
      }
    }
  }
  let expected = 0;
  for (const [a, one] of counts.entries()) {
    for (const [b, other] of counts.entries()) expected += (one * other * distance(a, b)) / (n - 1);
  }
  if (expected === 0) return failed('zero_variance');
  return ok({ alpha: 1 - observed / expected, same: same / n, answers: compared.length, marks: n });
}

/** δ² between the values at two places of the list. */
function squaredDistance(level: MarkLevel, counts: readonly number[]): (a: number, b: number) => number {
  if (level === 'nominal') return (a, b) => (a === b ? 0 : 1);
  return (a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const between = counts.slice(low, high + 1).reduce((sum, count) => sum + count, 0);
    return (between - ((counts[low] ?? 0) + (counts[high] ?? 0)) / 2) ** 2;
  };
}
