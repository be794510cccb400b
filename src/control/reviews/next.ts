import { durationMs } from '../../contract/duration.ts';
import type { Item, ReviewDocument, ReviewNext } from '../../contract/review.ts';
import { isRated, nextItem, ratingsOf } from '../../domain/review/queue.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { type Pairs, pairsOf } from './pairs.ts';
import { questionOf, sessionOf } from './question.ts';
import { ratableIn, ratedIn, reviewOf } from './write.ts';

/** Answers whose texts are gone are passed over; so many at a time, for each is looked up. */
const MAX_LOOKUPS = 20;

/** The answer that the caller rates next, kept for them. Null with a reason where there is none. */
export async function nextToRate(core: ControlCore, caller: Caller, id: string): Promise<ReviewNext> {
  const reviewer = caller.principal.credentialId;
  let item: ReviewNext['item'] = null;
  for (let lookup = 0; item === null && lookup < MAX_LOOKUPS; lookup += 1) {
    const kept = reserved(core, id, reviewer);
    if (kept === null) break;
    const said = await saidIn(core, kept.item);
    if (said === null) core.reviewDesk.giveUp(id, kept.item.id);
    else item = { id: kept.item.id, ...said, reserved_until: new Date(kept.untilMs).toISOString() };
  }
  const review = reviewOf(core.door.state(), id).document;
  return {
    item,
    because: item === null ? whyNone(core, review, reviewer) : null,
    questions: review.questions,
    items: ratableIn(review).length,
    rated: ratedIn(review),
    rated_by_you: review.items.filter((one) => ratingsOf(one).some((rating) => rating.reviewer === reviewer))
      .length,
  };
}

/** Chosen and kept in one go, so that of two who ask at once each gets another. */
function reserved(
  { door, clock, reviewDesk }: ControlCore,
  id: string,
  reviewer: string,
): { readonly item: Item; readonly untilMs: number } | null {
  const { items, ratings_per_item: wanted, reserve } = reviewOf(door.state(), id).document;
  const nowMs = clock.nowMs();
  const isThere = (item: Item): boolean => isShown(item) && !reviewDesk.isGone(id, item.id);
  const there = items.filter(isThere);
  const item = nextItem(there, reviewDesk.reservations(id), { reviewer, wanted, nowMs });
  if (item === null) return null;
  const untilMs = nowMs + durationMs(reserve);
  reviewDesk.reserve(id, { itemId: item.id, reviewer, untilMs }, nowMs);
  return { item, untilMs };
}

/** A pair is shown when both answers are there. */
const isShown = ({ second }: Item): boolean => second === undefined || second.state === 'ready';

type Said = Pick<NonNullable<ReviewNext['item']>, 'conversation' | 'answer' | 'answers' | 'is_cut'>;

/** Both answers, and what both models were told; null where a text is not kept any more. */
async function saidOfPair(core: ControlCore, item: Item): Promise<Said | null> {
  const { second, model_id: own } = item;
  if (second === undefined) return null;
  const { repeat } = await questionOf(core, item);
  const key = { requestId: item.id, timeMs: Date.parse(second.at ?? '') };
  const other = await core.answers().said(key);
  if (!repeat.ok || other === null) return null;
  const [left, right] = second.left === own ? [repeat.answer, other.answer] : [other.answer, repeat.answer];
  return { conversation: [...repeat.conversation], answer: null, answers: { left, right }, is_cut: false };
}

/** The answer and all that was said before it in its session; null where its text is not kept any more. */
async function saidIn(core: ControlCore, item: Item): Promise<Said | null> {
  if (item.second !== undefined) return saidOfPair(core, item);
  const found = await sessionOf(core, item);
  const at = found?.said.findIndex((said) => said.request_id === item.request_id) ?? -1;
  const last = found?.said[at];
  if (last === undefined || last.answer === '') return null;
  const before = found?.said.slice(0, at) ?? [];
  const conversation = [
    ...before.flatMap(({ messages, answer }) => [...messages, { role: 'assistant', content: answer }]),
    ...last.messages,
  ];
  const isCut = last.is_cut || before.some((said) => said.is_cut);
  return { conversation, answer: last.answer, answers: null, is_cut: isCut };
}

function whyNone(core: ControlCore, review: ReviewDocument, reviewer: string): string {
  const pairs = pairsOf(core, review);
  if (pairs !== null && pairs.waiting > 0) return whyAwaited(pairs);
  const ratable = ratableIn(review);
  if (ratable.length === 0)
    return 'no question could be put to the other model; `pairs` of the batch says why';
  const left = ratable.filter((item) => !isRated(item, review.ratings_per_item));
  if (left.length === 0) return 'every answer has been rated';
  const gone = left.filter((item) => core.reviewDesk.isGone(review.id, item.id)).length;
  if (gone > 0)
    return `${gone} of the answers that are left have no text that is kept any more; draw a new batch`;
  const isSeen = (item: Item): boolean => item.ratings.some((one) => one.reviewer === reviewer);
  return left.every(isSeen)
    ? 'you have rated or passed over every answer that is left; others may rate them'
    : 'what is left is kept for other reviewers at the moment';
}

function whyAwaited({ waiting, held_up }: Pairs): string {
  const what = waiting === 1 ? '1 second answer' : `${waiting} second answers`;
  const verb = waiting === 1 ? 'is' : 'are';
  return held_up === null ? `${what} ${verb} being made` : `${what} ${verb} to be made: ${held_up}`;
}
