import type { Item, ReviewDocument, SecondAnswer } from '../../contract/review.ts';
import type { ErrorClass } from '../../domain/error-class.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { questionOf } from './question.ts';

/** A question that waits for the other model's answer. */
export interface AwaitedAnswer {
  readonly reviewId: string;
  readonly item: Item;
  /** The model that is to give it. */
  readonly modelId: string;
}

/** What came of putting it: words, a question that cannot be put, or a failure of the call. */
export type Asked =
  | { readonly kind: 'said'; readonly text: string; readonly userId: string | null }
  | { readonly kind: 'not_asked'; readonly because: string }
  | { readonly kind: 'failed'; readonly errorClass: ErrorClass; readonly message: string };

/** What a pair becomes. */
export type Settled = Omit<SecondAnswer, 'left'>;

interface Asking {
  readonly client: Pick<ModelClient, 'answer'>;
  readonly signal: AbortSignal;
}

const SLUICE: Caller = {
  principal: { credentialId: 'sluice', name: 'sluice', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** Puts the question, once. It takes as long as a user's request that is not streamed at most. Throws IndexUnavailable. */
export async function askAgain(
  core: ControlCore,
  { item, modelId }: AwaitedAnswer,
  { client, signal }: Asking,
): Promise<Asked> {
  const { repeat, userId } = await questionOf(core, item);
  const model = core.door.snapshot().models.get(modelId);
  if (!model) return { kind: 'not_asked', because: 'model_removed' };
  if (!repeat.ok) return { kind: 'not_asked', because: repeat.because };
  const said = await client.answer(model, repeat.conversation, { timeoutMs: model.timeoutMs, signal });
  if (!said.ok) return { kind: 'failed', errorClass: said.errorClass, message: said.message };
  if (said.text === '')
    return { kind: 'failed', errorClass: 'invalid_response', message: 'the answer is empty' };
  return { kind: 'said', text: said.text, userId };
}

/**
 * Writes the answer into the log of texts under the item's id, and as its user's: with them it is erased. Gives what the
 * pair becomes once the text can be read; null where nobody waits for it any more. Throws IndexUnavailable.
 */
export async function keepAnswer(
  core: ControlCore,
  awaited: AwaitedAnswer,
  {
    said,
    events,
  }: { said: Extract<Asked, { kind: 'said' }>; events: Pick<EventSink, 'append' | 'whenWritten'> },
): Promise<Settled | null> {
  const { userId, text } = said;
  // Both in one turn with the writing, so that no erasure comes between.
  if (core.reviewDesk.isBeingErased(userId) || awaiting(core, awaited) === null) return null;
  const key = { requestId: awaited.item.id, timeMs: core.clock.nowMs() };
  events.append('text', {
    time_ms: key.timeMs,
    request_id: key.requestId,
    user_id: userId,
    session_instance: null,
    messages: [],
    answer: text,
    thinking: null,
    is_cut: false,
    before: null,
  });
  await new Promise<void>((resolve) => events.whenWritten(resolve));
  await core.answers().caughtUp();
  // Where the disk is nearly full, texts are not kept.
  if ((await core.answers().said(key)) === null) return failedPair('not_kept');
  return { state: 'ready', at: new Date(key.timeMs).toISOString(), because: null };
}

/** Writes down what became of a pair, unless it is gone. */
export async function settlePair(core: ControlCore, awaited: AwaitedAnswer, settled: Settled): Promise<void> {
  const { reviewId, item } = awaited;
  await core.door.change(SLUICE, {
    action: 'reviews.answered',
    resource: `reviews/${reviewId}`,
    plan() {
      const document = awaiting(core, awaited);
      if (document === null) return { audited: null };
      const items = document.items.map((one) =>
        one.id === item.id && one.second ? { ...one, second: { ...one.second, ...settled } } : one,
      );
      return { reviews: new Map([[reviewId, { ...document, items }]]), audited: null };
    },
    answer: () => undefined,
  });
}

export function failedPair(because: string): Settled {
  return { state: 'failed', at: null, because };
}

/** The batch as it is now, while it still waits for this answer. */
function awaiting({ door }: ControlCore, { reviewId, item }: AwaitedAnswer): ReviewDocument | null {
  const document = door.state().reviews.get(reviewId)?.document;
  const own = document?.items.find(({ id }) => id === item.id);
  return document && own?.second?.state === 'waiting' ? document : null;
}
