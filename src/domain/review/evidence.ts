import type { RatioCell } from '../experiment/evidence.ts';
import type { ReviewItem } from './queue.ts';
import { itemMeans, type ReviewQuestion } from './reading.ts';

/** An answer whose user is known to be the same as another's; null where nobody is. */
export interface OwnedItem extends ReviewItem {
  readonly user: string | null;
}

/**
 * The share of yes as a gate or an experiment counts it: sums over users of marks and of answers, because several answers
 * to one user are alike. Who is nobody stands for itself.
 */
export function reviewCell(items: readonly OwnedItem[], question: ReviewQuestion): RatioCell {
  const byUser = Map.groupBy(items, ({ id, user }) => user ?? `item ${id}`);
  const users = Array.from(byUser.values(), (own) => itemMeans(own, question)).filter(
    ({ length }) => length > 0,
  );
  const pairs = users.map((means) => ({ m: sum(means), d: means.length }));
  return {
    sums: {
      type: 'ratio',
      n: pairs.length,
      mSum: sum(pairs.map(({ m }) => m)),
      mSumSquares: sum(pairs.map(({ m }) => m * m)),
      dSum: sum(pairs.map(({ d }) => d)),
      dSumSquares: sum(pairs.map(({ d }) => d * d)),
      mdSum: sum(pairs.map(({ m, d }) => m * d)),
    },
    usersWithEvent: null,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
