import { notFound } from '../../contract/fault.ts';
import type { ReviewAnswer, ReviewDocument } from '../../contract/review.ts';
import { isRated, ratingsOf } from '../../domain/review/queue.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `reviews` verbs share. */
export function reviewOf(state: Pick<ControlState, 'reviews'>, id: string): Versioned<ReviewDocument> {
  const found = state.reviews.get(id);
  if (!found) throw notFound('review', id);
  return found;
}

export function answerReview(state: Pick<ControlState, 'reviews'>, id: string): ReviewAnswer {
  const { document, version } = reviewOf(state, id);
  const { items, ...head } = document;
  return {
    ...head,
    items: items.length,
    rated: ratedIn(document),
    ratings: items.reduce((sum, item) => sum + ratingsOf(item).length, 0),
    version,
  };
}

/** Answers that have all the ratings that they are to get. */
export function ratedIn({ items, ratings_per_item }: ReviewDocument): number {
  return items.filter((item) => isRated(item, ratings_per_item)).length;
}

/** A batch as the audit tells it: who rated what how, and whom it was said to, stand in the batch alone. */
export function headOf({ items, ...head }: ReviewDocument): object {
  return { ...head, items: items.length };
}
