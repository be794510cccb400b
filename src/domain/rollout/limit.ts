import type { Alternative } from '../stats/interval.ts';
import type { Gate } from './plan.ts';

/** Whether a value keeps the gate's limit. */
export function isWithin(value: number, { op, limit }: Pick<Gate, 'op' | 'limit'>): boolean {
  switch (op) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/** Which way the gate wants its value to be. */
export function wanted({ op }: Pick<Gate, 'op'>): 'lower' | 'higher' {
  return op === '<' || op === '<=' ? 'lower' : 'higher';
}

/** What a test claims that finds the value within the limit, and one that finds it beyond. */
export function alternativesOf(gate: Pick<Gate, 'op'>): {
  readonly good: Alternative;
  readonly bad: Alternative;
} {
  return wanted(gate) === 'lower' ? { good: 'less', bad: 'greater' } : { good: 'greater', bad: 'less' };
}
