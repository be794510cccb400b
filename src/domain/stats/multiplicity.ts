import { failed, isShare, type Outcome, ok } from './outcome.ts';

export const CORRECTIONS = ['bonferroni', 'holm', 'bh', 'by'] as const;
/** Holm and Bonferroni keep any false alarm rare; BH and BY the share of false ones (BY under any dependence). */
export type Correction = (typeof CORRECTIONS)[number];

/**
 * p values adjusted for their number, in the order given. Sequential p values bear Bonferroni and Holm; BH and BY are for
 * one fixed read. Sources: Holm 1979; Benjamini, Hochberg 1995; Benjamini, Yekutieli 2001.
 * Fails with `invalid_input` for what is no probability.
 */
export function adjustPValues(
  p: readonly number[],
  method: Correction,
): Outcome<{ readonly adjusted: readonly number[] }> {
  if (!p.every((value) => value >= 0 && value <= 1)) return failed('invalid_input');
  const tests = p.length;
  const ascending = p.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const adjusted = [...p];
  const set = (index: number, value: number): void => {
    adjusted[index] = Math.min(1, value);
  };
  if (method === 'bonferroni') for (const { value, index } of ascending) set(index, tests * value);
  else if (method === 'holm') {
    let largest = 0;
    for (const [rank, { value, index }] of ascending.entries()) {
      largest = Math.max(largest, (tests - rank) * value);
      set(index, largest);
    }
  } else {
    const penalty = method === 'bh' ? 1 : ascending.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
    let smallest = Number.POSITIVE_INFINITY;
    for (const [rank, { value, index }] of [...ascending.entries()].reverse()) {
      smallest = Math.min(smallest, (penalty * tests * value) / (rank + 1));
      set(index, smallest);
    }
  }
  return ok({ adjusted });
}

export interface Discoveries {
  readonly rejected: readonly boolean[];
  /** What an e-value must reach; null when none does. */
  readonly threshold: number | null;
}

/**
 * e-BH: rejects the k largest e-values for the largest k whose k-th is at least m ÷ (α·k). The share of false discoveries
 * stays below α under any dependence and at any time, which BH on sequential p values does not promise. Source: Wang,
 * Ramdas, "False discovery rate control with e-values" (JRSS B 2022).
 * Fails with `invalid_input` for negative e-values.
 */
export function discoverByEvidence(e: readonly number[], alpha = 0.05): Outcome<Discoveries> {
  if (!isShare(alpha) || !e.every((value) => value >= 0)) return failed('invalid_input');
  let threshold: number | null = null;
  for (const [rank, value] of e.toSorted((a, b) => b - a).entries()) {
    const needed = e.length / (alpha * (rank + 1));
    if (value >= needed) threshold = needed;
  }
  const limit = threshold ?? Number.POSITIVE_INFINITY;
  return ok({ rejected: e.map((value) => value >= limit && threshold !== null), threshold });
}
