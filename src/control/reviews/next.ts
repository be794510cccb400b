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
  const review = reviewOf(core.door.state(), id).document;
  const gone = new Set<string>();
  let found: { item: Item; said: Said; untilMs: number } | null = null;
  while (found === null && gone.size < MAX_LOOKUPS) {
    const item = reserved(core, review, { reviewer, gone });
    if (item === null) break;
    const said = await saidIn(core, item.item);
    if (said === null) gone.add(item.item.id);
    else found = { ...item, said };
  }
  return {
    item: found && {
      id: found.item.id,
      ...found.said,
      reserved_until: new Date(found.untilMs).toISOString(),
    },
    because: found === null ? whyNone(review, reviewer, gone.size) : null,
    questions: review.questions,
    items: review.items.length,
    rated: ratedIn(review),
    rated_by_you: review.items.filter((item) => ratingsOf(item).some((one) => one.reviewer === reviewer))
      .length,
  };
}

/** Chosen and kept in one go, so that of two who ask at once each gets another. */
function reserved(
  { clock, reservations }: ControlCore,
  { id, items, ratings_per_item: wanted, reserve }: ReviewDocument,
  { reviewer, gone }: { readonly reviewer: string; readonly gone: ReadonlySet<string> },
): { readonly item: Item; readonly untilMs: number } | null {
  const nowMs = clock.nowMs();
  const there = items.filter((item) => !gone.has(item.id));
  const item = nextItem(there, reservations.of(id), { reviewer, wanted, nowMs });
  if (item === null) return null;
  const untilMs = nowMs + durationMs(reserve);
  reservations.add(id, { itemId: item.id, reviewer, untilMs }, nowMs);
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

function whyNone(
  { items, ratings_per_item: wanted }: ReviewDocument,
  reviewer: string,
  gone: number,
): string {
  if (items.every((item) => isRated(item, wanted))) return 'every answer has been rated';
  if (gone > 0) return `${gone} answers have no text that is kept any more; draw a new batch`;
  const isSeen = (item: Item): boolean => item.ratings.some((one) => one.reviewer === reviewer);
  return items.every((item) => isSeen(item) || isRated(item, wanted))
    ? 'you have rated or passed over every answer that is left; others may rate them'
    : 'what is left is kept for other reviewers at the moment';
}
