import { expect, it } from 'vitest';
import { completeReview } from '../../contract/complete-review.ts';
import type { Item, ReviewDocument } from '../../contract/review.ts';
import { reviewEvidence, reviewedArms } from './evidence.ts';

const NOW_MS = Date.UTC(2026, 0, 2);
const item = (n: number, model_id: string, marks: Record<string, boolean> | null): Item => ({
  id: `item_${n}`,
  model_id,
  request_id: `req_${n}`,
  session_instance: 'ses_1',
  user: `user ${n}`,
  time: new Date(NOW_MS + n * 1_000).toISOString(),
  ratings: marks === null ? [] : [{ reviewer: 'ann', reviewer_name: 'Ann', at: '', marks, comment: null }],
});
function batch(
  id: string,
  items: Item[],
  more: Partial<ReviewDocument> = {},
): [string, { version: number; document: ReviewDocument }] {
  const input = { id, model_ids: ['candidate'], sample_size: 5 };
  const document = { ...completeReview(input, { nowMs: NOW_MS, salt: 's' }), drawn: [], items, ...more };
  return [id, { version: 1, document }];
}
const yes = { accuracy: true, redundancy: false };

it('counts rated answers of the model since a time, each once, in all batches', () => {
  const reviews = new Map([
    batch('one', [
      item(1, 'candidate', yes),
      item(2, 'candidate', yes),
      item(3, 'stable', yes),
      item(4, 'candidate', null),
    ]),
    batch('again', [item(2, 'candidate', yes), item(5, 'candidate', { ...yes, accuracy: false })]),
    batch('half', [item(6, 'candidate', yes)], { ratings_per_item: 2 }),
    batch('other', [item(7, 'candidate', yes)], {
      questions: [{ id: 'accuracy', text: 'How right?', scale: '1-5' }],
    }),
  ]);
  const scope = { modelId: 'candidate', sinceMs: NOW_MS + 2_000 };
  expect(reviewEvidence({ reviews }, 'review_accuracy', scope)?.sums).toMatchObject({
    n: 2,
    mSum: 1,
    dSum: 2,
  });
  expect(reviewEvidence({ reviews }, 'review_redundancy', scope)?.sums).toMatchObject({
    n: 2,
    mSum: 0,
    dSum: 2,
  });
  expect(reviewEvidence({ reviews }, 'error_rate', scope)).toBeNull();
});

it('counts rated answers of each arm, without users of two arms and what is of another experiment', () => {
  const of = (
    n: number,
    arm: string,
    marks: Record<string, boolean> | null = yes,
    more: Partial<Item> = {},
  ) => ({
    ...item(n, arm, marks),
    exposure: { experiment: 'june', arm },
    ...more,
  });
  const reviews = new Map([
    batch('one', [
      of(1, 'control'),
      of(2, 'control', { ...yes, accuracy: false }),
      of(3, 'treatment'),
      of(4, 'treatment', null),
      of(5, 'treatment', yes, { exposure: { experiment: 'july', arm: 'treatment' } }),
      item(6, 'treatment', yes),
      of(7, 'control', yes, { user: 'both' }),
      of(8, 'treatment', yes, { user: 'both' }),
      of(90, 'treatment'),
    ]),
  ]);
  const june = {
    experimentId: 'june',
    arms: ['control', 'treatment'],
    fromMs: NOW_MS,
    toMs: NOW_MS + 90_000,
  };
  expect(reviewedArms({ reviews }, 'review_accuracy', june)?.map(({ sums }) => sums)).toMatchObject([
    { n: 2, mSum: 1, dSum: 2 },
    { n: 1, mSum: 1, dSum: 1 },
  ]);
  expect(reviewedArms({ reviews }, 'rating', june)).toBeNull();
});
