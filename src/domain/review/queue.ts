/** Where one of two answers stands. */
export type Side = 'left' | 'right';
/** What a reviewer said to one question: yes or no, a number from 1 to 5, or which of two answers. */
export type Mark = boolean | number | Side | 'same';
/** By question. */
export type Marks = Readonly<Record<string, Mark>>;

export interface Rating {
  readonly reviewer: string;
  /** Null where the reviewer passed the answer over. */
  readonly marks: Marks | null;
}

/** One answer that is to be rated. */
export interface ReviewItem<R extends Rating = Rating> {
  readonly id: string;
  readonly ratings: readonly R[];
}

/** Keeps an answer for one reviewer, so that nobody else rates it meanwhile. */
export interface Reservation {
  readonly itemId: string;
  readonly reviewer: string;
  readonly untilMs: number;
}

export interface Asking {
  readonly reviewer: string;
  /** Ratings that each answer is to get, each by another reviewer. */
  readonly wanted: number;
  readonly nowMs: number;
}

/** Why an answer may not be rated by somebody; null where it may. */
export type RatingRefusal = 'rated_by_you' | 'rated_enough' | 'reserved';

export const ratingsOf = <R extends Rating>({ ratings }: ReviewItem<R>): R[] =>
  ratings.filter(({ marks }) => marks !== null);

export const isRated = (item: ReviewItem, wanted: number): boolean => ratingsOf(item).length >= wanted;

export function ratingRefusal(
  item: ReviewItem,
  reservations: readonly Reservation[],
  { reviewer, wanted, nowMs }: Asking,
): RatingRefusal | null {
  const rated = ratingsOf(item);
  if (rated.some((rating) => rating.reviewer === reviewer)) return 'rated_by_you';
  if (rated.length >= wanted) return 'rated_enough';
  const others = reservations.filter(
    (one) => one.itemId === item.id && one.reviewer !== reviewer && one.untilMs > nowMs,
  );
  return rated.length + others.length >= wanted ? 'reserved' : null;
}

/** The answer that a reviewer rates next: the one kept for them, else the first with room that they have not passed over. */
export function nextItem<I extends ReviewItem>(
  items: readonly I[],
  reservations: readonly Reservation[],
  asking: Asking,
): I | null {
  const { reviewer, nowMs } = asking;
  const kept = reservations.find((one) => one.reviewer === reviewer && one.untilMs > nowMs)?.itemId;
  const isFree = (item: I): boolean =>
    !item.ratings.some((rating) => rating.reviewer === reviewer) &&
    ratingRefusal(item, reservations, asking) === null;
  return items.find((item) => item.id === kept && isFree(item)) ?? items.find(isFree) ?? null;
}

/** With this rating in place of what the same reviewer said before. */
export function withRating<R extends Rating, I extends ReviewItem<R>>(item: I, rating: R): I {
  return { ...item, ratings: [...withoutRating(item, rating.reviewer).ratings, rating] };
}

/** As if the reviewer had not seen it. */
export function withoutRating<I extends ReviewItem>(item: I, reviewer: string): I {
  return { ...item, ratings: item.ratings.filter((one) => one.reviewer !== reviewer) };
}

/** Reservations that still hold, each reviewer's newest alone: so there are no more of them than reviewers. */
export function withReservation(
  reservations: readonly Reservation[],
  reservation: Reservation,
  nowMs: number,
): readonly Reservation[] {
  const others = reservations.filter((one) => one.reviewer !== reservation.reviewer && one.untilMs > nowMs);
  return [...others, reservation];
}

/** Once rated or passed over, an answer is kept for its reviewer no longer. */
export function withoutReservation(
  reservations: readonly Reservation[],
  { itemId, reviewer }: Omit<Reservation, 'untilMs'>,
): readonly Reservation[] {
  return reservations.filter((one) => one.itemId !== itemId || one.reviewer !== reviewer);
}
