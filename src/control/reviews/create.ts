import { hash } from 'node:crypto';
import { completeReview } from '../../contract/complete-review.ts';
import { AdminFault, fieldsFault, invalid } from '../../contract/fault.ts';
import type { Item, ReviewDocument, ReviewInput, SecondAnswer } from '../../contract/review.ts';
import type { Capture } from '../../domain/config.ts';
import type { DrawnAnswers } from '../../ports/event-store.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import type { ControlState } from '../state.ts';
import { answerReview } from './write.ts';

/** All are in memory, a few hundred bytes an answer. */
const MAX_REVIEWS = 100;

/** Draws a batch. Throws `wrong_state` where there is nothing to rate, and says why. */
export async function createReview(core: ControlCore, caller: Caller, input: ReviewInput) {
  const { door, ids, clock } = core;
  const { id } = input;
  checkRoom(door.state(), id);
  const review = completeReview(input, { nowMs: clock.nowMs(), salt: ids.next('salt') });
  if (review.mode === 'side_by_side') checkCapture(core, review.model_ids);
  const draws = await drawn(core, review);
  const items = draws.flatMap((draw) => itemsOf(core, review, draw));
  const document: ReviewDocument = {
    ...review,
    drawn: draws.map(({ modelId, found }) => ({
      model_id: modelId,
      answers: found.answers,
      with_text: found.withText,
      drawn: found.drawn.length,
    })),
    items: shuffled(items, review.salt),
  };
  const notes = draws.flatMap((draw) => shortfallOf(draw, review.sample_size) ?? []);
  if (items.length === 0) throw new AdminFault('wrong_state', `nothing to rate: ${notes.join('; ')}`);
  return door.change(caller, {
    action: 'reviews.create',
    resource: `reviews/${id}`,
    plan(state) {
      checkRoom(state, id);
      return { reviews: new Map([[id, document]]) };
    },
    answer: ({ state }) => ({ ...answerReview(core, id), notes, config_version: state.version }),
  });
}

function checkRoom({ reviews }: ControlState, id: string): void {
  if (reviews.has(id)) {
    const message = `review "${id}" exists already; give another id`;
    throw new AdminFault('clash', message, [{ path: 'id', message }]);
  }
  if (reviews.size >= MAX_REVIEWS) {
    throw new AdminFault('in_use', `there are ${MAX_REVIEWS} reviews already; export and remove one first`);
  }
}

/** What second answers are made of, and they themselves, are texts that are kept. */
function checkCapture({ door }: ControlCore, modelIds: readonly string[]): void {
  const faults = modelIds.flatMap((id, i) => {
    const capture = door.snapshot().models.get(id)?.capture ?? 'full'; // who is not there is told later
    const message = `capture of "${id}" is "${capture}"; set it to "full" for answers side by side`;
    return capture === 'full' ? [] : [{ path: `model_ids[${i}]`, message }];
  });
  if (faults.length > 0) throw fieldsFault(faults);
}

interface Draw {
  readonly modelId: string;
  readonly capture: Capture;
  readonly found: DrawnAnswers;
}

type CompletedReview = ReturnType<typeof completeReview>;

function drawn(core: ControlCore, review: CompletedReview): Promise<readonly Draw[]> {
  const { models } = core.door.snapshot();
  const { model_ids, sample_size: size, salt, route_id: routeId } = review;
  const range = { fromMs: Date.parse(review.from), toMs: Date.parse(review.to) };
  const wanted = model_ids.map((modelId, i) => {
    const model = models.get(modelId);
    if (!model) throw invalid(`model_ids[${i}]`, `there is no model "${modelId}"`);
    return { modelId, capture: model.capture };
  });
  return Promise.all(
    wanted.map(async ({ modelId, capture }) => {
      const found = await core.answers().drawAnswers({ ...range, modelId, routeId, size, salt });
      return { modelId, capture, found };
    }),
  );
}

/** An id of their own, so that nobody can look a request's model up while it is rated. */
function itemsOf(core: ControlCore, review: CompletedReview, { modelId, found }: Draw): Item[] {
  const { ids, secretBox } = core;
  return found.drawn.map((answer) => ({
    id: ids.next('item'),
    model_id: modelId,
    request_id: answer.request_id,
    session_instance: answer.session_instance ?? '',
    user: answer.user_id === null ? null : userDigest(secretBox, answer.user_id),
    time: new Date(answer.time_ms).toISOString(),
    ...exposureOf(answer),
    ...(review.mode === 'side_by_side' && { second: awaited(core, review, answer.request_id) }),
    ratings: [],
  }));
}

/** By a keyed digest, which nobody who rates can work out. */
function awaited({ secretBox }: ControlCore, review: CompletedReview, requestId: string): SecondAnswer {
  const [first = '', second = ''] = review.model_ids;
  const [byte = 0] = secretBox.digest('review', `side:${review.salt}:${requestId}`);
  return { left: byte % 2 === 0 ? first : second, state: 'waiting', at: null, because: null };
}

/** Nothing of who is known by a key alone, which others may share, or whom another than the arm's model answered. */
function exposureOf(answer: DrawnAnswers['drawn'][number]): Pick<Item, 'exposure'> {
  const { experiment, arm, user_source, assigned_model_id, model_id } = answer;
  if (experiment === null || arm === null || user_source === 'api_key' || assigned_model_id !== model_id)
    return {};
  return { exposure: { experiment, arm } };
}

export function userDigest(secretBox: ControlCore['secretBox'], userId: string): string {
  return secretBox.digest('review', userId).toString('hex').slice(0, 32);
}

/** In an order that does not tell the models apart. */
function shuffled(items: readonly Item[], salt: string): Item[] {
  const keyed = items.map((item) => ({ item, key: hash('sha256', `${salt}:${item.request_id}`) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}

/** Why a model gave fewer answers than were asked for; null where it gave all. */
function shortfallOf({ modelId, capture, found }: Draw, size: number): string | null {
  const {
    answers,
    withText,
    drawn: { length: got },
  } = found;
  if (got >= size) return null;
  const of = `"${modelId}" gave ${got} of ${size}`;
  if (answers === 0) return `${of}: it gave no whole answer in this time`;
  if (withText === answers) return `${of}: it gave no more whole answers in this time`;
  const gone = `${answers - withText} of its ${answers} answers have no text that is kept`;
  return capture === 'full'
    ? `${of}: ${gone}; texts go after the setting journal.keep_texts, and where they were not captured then`
    : `${of}: ${gone}, because its capture is "${capture}"; set it to "full" for answers to come`;
}
