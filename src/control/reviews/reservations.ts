import { type Reservation, withoutReservation, withReservation } from '../../domain/review/queue.ts';

/** Which answers are kept for whom, by review: one a reviewer. In memory alone: who loses one asks for the next. */
export function createReservations() {
  const held = new Map<string, readonly Reservation[]>();
  return {
    of: (reviewId: string): readonly Reservation[] => held.get(reviewId) ?? [],
    add(reviewId: string, reservation: Reservation, nowMs: number): void {
      held.set(reviewId, withReservation(held.get(reviewId) ?? [], reservation, nowMs));
    },
    release(reviewId: string, done: Omit<Reservation, 'untilMs'>): void {
      held.set(reviewId, withoutReservation(held.get(reviewId) ?? [], done));
    },
    forget: (reviewId: string): void => void held.delete(reviewId),
  };
}
