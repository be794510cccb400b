import { notFound } from '../../contract/fault.ts';
import type { Item, ReviewAnswer, ReviewDocument } from '../../contract/review.ts';
import { isRated, ratingsOf } from '../../domain/review/queue.ts';
import type { ControlCore } from '../core.ts';
import type { ControlState, Versioned } from '../state.ts';
import { pairsOf } from './pairs.ts';

/** What the `reviews` verbs share. */
export function reviewOf(state: Pick<ControlState, 'reviews'>, id: string): Versioned<ReviewDocument> {
  const found = state.reviews.get(id);
  if (!found) throw notFound('review', id);
  return found;
}

export function answerReview(core: ControlCore, id: string): ReviewAnswer {
  const { document, version } = reviewOf(core.door.state(), id);
  const { items, ...head } = document;
  return {
    ...head,
    items: ratableIn(document).length,
    pairs: pairsOf(core, document),
    rated: ratedIn(document),
    ratings: items.reduce((sum, item) => sum + ratingsOf(item).length, 0),
    version,
  };
}

/** What there is to rate, or will be. */
export function ratableIn({ items }: ReviewDocument): Item[] {
  return items.filter(({ second }) => second?.state !== 'failed');
}

/** Answers that have all the ratings that they are to get. */
export function ratedIn({ items, ratings_per_item }: ReviewDocument): number {
  return items.filter((item) => isRated(item, ratings_per_item)).length;
}
