import { type Reservation, withoutReservation, withReservation } from '../../domain/review/queue.ts';

/**
 * What of reviews is in memory alone: which answers are kept for whom, one a reviewer, which were found to have no text
 * any more, and of which users nothing may be written at the moment. Who loses a reservation by a restart asks for the
 * next answer.
 */
export function createReviewDesk() {
  const held = new Map<string, readonly Reservation[]>();
  const gone = new Map<string, Set<string>>();
  const erased = new Set<string>(); // one erasure runs at a time
  return {
    reservations: (reviewId: string): readonly Reservation[] => held.get(reviewId) ?? [],
    reserve(reviewId: string, reservation: Reservation, nowMs: number): void {
      held.set(reviewId, withReservation(held.get(reviewId) ?? [], reservation, nowMs));
    },
    release(reviewId: string, done: Omit<Reservation, 'untilMs'>): void {
      held.set(reviewId, withoutReservation(held.get(reviewId) ?? [], done));
    },
    giveUp(reviewId: string, itemId: string): void {
      gone.set(reviewId, (gone.get(reviewId) ?? new Set()).add(itemId));
    },
    isGone: (reviewId: string, itemId: string): boolean => gone.get(reviewId)?.has(itemId) ?? false,
    /** From before a user's texts are erased until their answers have been withdrawn. */
    beginErasure: (userId: string): void => void erased.add(userId),
    endErasure: (userId: string): void => void erased.delete(userId),
    isBeingErased: (userId: string | null): boolean => userId !== null && erased.has(userId),
    forget(reviewId: string): void {
      held.delete(reviewId);
      gone.delete(reviewId);
    },
  };
}
