import { durationMs } from '../../contract/duration.ts';
import type { Item, ReviewDocument, ReviewNext } from '../../contract/review.ts';
import { isRated, nextItem, ratingsOf } from '../../domain/review/queue.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { ratedIn, reviewOf } from './write.ts';

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
    items: review.items.length,
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
  const there = items.filter((item) => !reviewDesk.isGone(id, item.id));
  const item = nextItem(there, reviewDesk.reservations(id), { reviewer, wanted, nowMs });
  if (item === null) return null;
  const untilMs = nowMs + durationMs(reserve);
  reviewDesk.reserve(id, { itemId: item.id, reviewer, untilMs }, nowMs);
  return { item, untilMs };
}

type Said = Pick<NonNullable<ReviewNext['item']>, 'conversation' | 'answer' | 'is_cut'>;

/** The answer and all that was said before it in its session; null where its text is not kept any more. */
async function saidIn({ answers, door, clock }: ControlCore, item: Item): Promise<Said | null> {
  const { sessionIdleMs: idleMs } = door.snapshot().settings;
  const found = await answers().session(item.session_instance, { idleMs, nowMs: clock.nowMs() });
  const at = found?.said.findIndex((said) => said.request_id === item.request_id) ?? -1;
  const last = found?.said[at];
  if (last === undefined || last.answer === '') return null;
  const before = found?.said.slice(0, at) ?? [];
  const conversation = [
    ...before.flatMap(({ messages, answer }) => [...messages, { role: 'assistant', content: answer }]),
    ...last.messages,
  ];
  return { conversation, answer: last.answer, is_cut: last.is_cut || before.some((said) => said.is_cut) };
}

function whyNone({ reviewDesk }: ControlCore, review: ReviewDocument, reviewer: string): string {
  const left = review.items.filter((item) => !isRated(item, review.ratings_per_item));
  if (left.length === 0) return 'every answer has been rated';
  const gone = left.filter((item) => reviewDesk.isGone(review.id, item.id)).length;
  if (gone > 0)
    return `${gone} of the answers that are left have no text that is kept any more; draw a new batch`;
  const isSeen = (item: Item): boolean => item.ratings.some((one) => one.reviewer === reviewer);
  return left.every(isSeen)
    ? 'you have rated or passed over every answer that is left; others may rate them'
    : 'what is left is kept for other reviewers at the moment';
}
