import { expect, it } from 'vitest';
import { estimateArm } from '../stats/estimate.ts';
import { type OwnedItem, reviewCell } from './evidence.ts';

const item = (id: string, user: string | null, ...marks: boolean[]): OwnedItem => ({
  id,
  user,
  ratings: marks.map((accuracy, i) => ({ reviewer: `r${i}`, marks: { accuracy } })),
});

it('adds up marks and answers by user, and leaves out what nobody rated', () => {
  const items = [
    item('a', 'ann', true),
    item('b', 'ann', false, true),
    item('c', 'bob', true),
    item('d', null, false),
    item('e', null, true),
    item('f', 'cid'),
  ];
  const { sums, usersWithEvent } = reviewCell(items, { id: 'accuracy', scale: 'yes_no' });
  expect(sums).toEqual({
    type: 'ratio',
    n: 4,
    mSum: 3.5,
    mSumSquares: 1.5 ** 2 + 1 + 0 + 1,
    dSum: 5,
    dSumSquares: 4 + 1 + 1 + 1,
    mdSum: 3 + 1 + 0 + 1,
  });
  expect(usersWithEvent).toBeNull();
  expect(estimateArm(sums)).toMatchObject({ status: 'ok', n: 4, est: 0.7 });
});
