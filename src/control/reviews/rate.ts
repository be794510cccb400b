import { AdminFault, fieldsFault, invalid, notFound } from '../../contract/fault.ts';
import type { Item, Rating, ReviewDocument, ReviewVerdict } from '../../contract/review.ts';
import { type RatingRefusal, ratingRefusal, withoutRating, withRating } from '../../domain/review/queue.ts';
import type { Scale } from '../../domain/review/reading.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { ratableIn, ratedIn, reviewOf } from './write.ts';

const REFUSALS: Readonly<Record<RatingRefusal, string>> = {
  rated_by_you: 'you have rated it already; take that back first with {"undo": true}',
  rated_enough: 'it has all the ratings that it is to get; ask for the next one',
  reserved: 'it is kept for another reviewer at the moment; ask for the next one',
};

export interface Verdict {
  readonly id: string;
  readonly itemId: string;
  readonly verdict: ReviewVerdict;
}

/** Rates an answer, passes it over, or takes either back. */
export function rateItem(core: ControlCore, caller: Caller, { id, itemId, verdict }: Verdict) {
  const { door, clock, reviewDesk } = core;
  const deed = deedOf(verdict);
  const reviewer = caller.principal.credentialId;
  return door.change(caller, {
    action: 'reviews.rate',
    resource: `reviews/${id}`,
    noted: { item: itemId, [deed]: true },
    plan(state) {
      const { document } = reviewOf(state, id);
      const item = itemOf(document, itemId);
      if (deed === 'undo') return edits(document, withoutRating(item, reviewer));
      if (item.second !== undefined && item.second.state !== 'ready')
        throw new AdminFault('wrong_state', 'its second answer is not there; ask for the next one');
      const asking = { reviewer, wanted: document.ratings_per_item, nowMs: clock.nowMs() };
      const refusal = ratingRefusal(item, reviewDesk.reservations(id), asking);
      if (refusal !== null) throw new AdminFault('wrong_state', REFUSALS[refusal]);
      const rating: Rating = {
        reviewer,
        reviewer_name: caller.principal.name,
        at: new Date(asking.nowMs).toISOString(),
        marks: deed === 'skip' ? null : marksOf(document, verdict),
        comment: verdict.comment ?? null,
      };
      return edits(document, withRating(item, rating));
    },
    answer({ state }) {
      reviewDesk.release(id, { itemId, reviewer });
      const { document } = reviewOf(state, id);
      const counts = { rated: ratedIn(document), items: ratableIn(document).length };
      return { id: itemId, ...counts, config_version: state.version };
    },
  });
}

function deedOf({ marks, skip, undo }: ReviewVerdict): 'rate' | 'skip' | 'undo' {
  if ([marks, skip, undo].filter((one) => one !== undefined).length !== 1) {
    throw invalid('', 'give one of marks, skip and undo');
  }
  return marks !== undefined ? 'rate' : skip ? 'skip' : 'undo';
}

function itemOf({ id, items }: ReviewDocument, itemId: string): Item {
  const item = items.find((one) => one.id === itemId);
  if (!item) throw notFound(`answer of review "${id}":`, itemId);
  return item;
}

function edits(document: ReviewDocument, item: Item) {
  const items = document.items.map((one) => (one.id === item.id ? item : one));
  return { reviews: new Map([[document.id, { ...document, items }]]) };
}

const SCALE_MARKS: Readonly<
  Record<Scale, { readonly fits: (mark: unknown) => boolean; readonly wanted: string }>
> = {
  yes_no: { fits: (mark) => typeof mark === 'boolean', wanted: 'true or false' },
  '1-5': { fits: (mark) => typeof mark === 'number', wanted: 'a whole number from 1 to 5' },
  which: { fits: (mark) => typeof mark === 'string', wanted: 'left, right or same' },
};

/** Each question has its answer, of its scale. */
function marksOf({ questions }: ReviewDocument, { marks = {} }: ReviewVerdict): NonNullable<Rating['marks']> {
  const faults = questions.flatMap(({ id, scale }) => {
    const { fits, wanted } = SCALE_MARKS[scale];
    return fits(marks[id]) ? [] : [{ path: `marks.${id}`, message: `must be ${wanted}` }];
  });
  const known = new Set(questions.map(({ id }) => id));
  const foreign = Object.keys(marks).filter((id) => !known.has(id));
  faults.push(...foreign.map((id) => ({ path: `marks.${id}`, message: 'is no question of this review' })));
  if (faults.length > 0) throw fieldsFault(faults);
  return marks;
}
