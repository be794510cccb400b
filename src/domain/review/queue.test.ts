import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRated,
  nextItem,
  type Rating,
  type Reservation,
  type ReviewItem,
  ratingRefusal,
  ratingsOf,
  withoutRating,
  withoutReservation,
  withRating,
  withReservation,
} from './queue.ts';

const RESERVE_MS = 1_000;
const rated = (reviewer: string): Rating => ({ reviewer, marks: { accuracy: true } });
const passed = (reviewer: string): Rating => ({ reviewer, marks: null });
const asking = (reviewer: string, wanted = 1) => ({ reviewer, wanted, nowMs: 0 });
const kept = (itemId: string, reviewer: string, untilMs = 1): Reservation => ({ itemId, reviewer, untilMs });

describe('whether an answer may be rated', () => {
  it.each<[string, readonly Rating[], readonly Reservation[], number, string | null]>([
    ['a fresh one', [], [], 1, null],
    ['one that is kept for oneself', [], [kept('a', 'ann')], 1, null],
    ['one that is kept for somebody else', [], [kept('a', 'bob')], 1, 'reserved'],
    ['one that is kept for somebody else, with room for both', [], [kept('a', 'bob')], 2, null],
    ['one whose reservation is over', [], [kept('a', 'bob', 0)], 1, null],
    ['one while another is kept', [], [kept('b', 'bob')], 1, null],
    ['one that somebody has rated', [rated('bob')], [], 1, 'rated_enough'],
    ['one that somebody has rated, and another is to', [rated('bob')], [], 2, null],
    ['one that oneself has rated', [rated('ann')], [], 2, 'rated_by_you'],
    ['one that oneself has passed over', [passed('ann')], [], 1, null],
    ['one that others have passed over', [passed('bob')], [], 1, null],
  ])('%s', (_, ratings, reservations, wanted, refusal) => {
    expect(ratingRefusal({ id: 'a', ratings }, reservations, asking('ann', wanted))).toBe(refusal);
  });
});

describe('the next answer', () => {
  const items = ['a', 'b', 'c'].map((id): ReviewItem => ({ id, ratings: [] }));
  const next = (list: readonly ReviewItem[], reservations: readonly Reservation[] = []) =>
    nextItem(list, reservations, asking('ann'))?.id ?? null;

  it('is the one that is kept, else the first with room that was not passed over', () => {
    expect(next(items)).toBe('a');
    expect(next(items, [kept('b', 'ann')])).toBe('b');
    expect(next(items, [kept('a', 'bob')])).toBe('b');
    expect(
      next([
        { id: 'a', ratings: [passed('ann')] },
        { id: 'b', ratings: [rated('bob')] },
      ]),
    ).toBeNull();
  });
});

const step = fc.record({
  who: fc.constantFrom('ann', 'bob', 'cid'),
  do: fc.constantFrom('next', 'next', 'rate', 'rate', 'skip', 'undo', 'wait'),
  item: fc.nat(3),
});

describe('a queue of several reviewers', () => {
  it('never has an answer rated too often or twice by one, and keeps what it has reserved', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 2 }), (steps, wanted) => {
        let items = ['0', '1', '2', '3'].map((id): ReviewItem => ({ id, ratings: [] }));
        let reservations: readonly Reservation[] = [];
        let nowMs = 0;
        const put = (item: ReviewItem) => {
          items = items.map((one) => (one.id === item.id ? item : one));
        };
        for (const { who, do: deed, item: at } of steps) {
          const ask = { reviewer: who, wanted, nowMs };
          const item = items[at] ?? { id: '0', ratings: [] };
          const isKept = reservations.some(
            (one) => one.itemId === item.id && one.reviewer === who && one.untilMs > nowMs,
          );
          const refusal = ratingRefusal(item, reservations, ask);
          if (deed === 'wait') nowMs += RESERVE_MS / 3;
          else if (deed === 'undo') put(withoutRating(item, who));
          else if (deed === 'next') {
            const found = nextItem(items, reservations, ask);
            if (found === null) continue;
            expect(found.ratings.some((one) => one.reviewer === who)).toBe(false);
            reservations = withReservation(reservations, kept(found.id, who, nowMs + RESERVE_MS), nowMs);
          } else {
            if (isKept) expect(refusal === 'reserved' || refusal === 'rated_enough').toBe(false);
            if (refusal !== null) continue;
            put(withRating(item, deed === 'rate' ? rated(who) : passed(who)));
            reservations = withoutReservation(reservations, { itemId: item.id, reviewer: who });
          }
          expect(new Set(reservations.map(({ reviewer }) => reviewer)).size).toBe(reservations.length);
          for (const one of items) {
            const raters = ratingsOf(one).map(({ reviewer }) => reviewer);
            expect(raters.length).toBeLessThanOrEqual(wanted);
            expect(new Set(raters).size).toBe(raters.length);
            expect(isRated(one, wanted)).toBe(raters.length === wanted);
          }
        }
      }),
    );
  });
});
