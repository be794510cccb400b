import type { ReviewDocument } from '../../contract/review.ts';
import { type BackOff, backedOff, NO_BACK_OFF } from '../../domain/back-off.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { IndexUnavailable } from '../../ports/event-store.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import type { ControlCore } from '../core.ts';
import { restsBecause, secondModelOf } from './pairs.ts';
import {
  type Asked,
  type AwaitedAnswer,
  askAgain,
  failedPair,
  keepAnswer,
  settlePair,
} from './second-answer.ts';

/** Calls at the same time, of all batches: they come beside what users ask. */
const MAX_RUNNING = 2;
/** So often a model is asked for one answer before the pair is given up. */
const MAX_CALLS = 2;
const LOOK_EVERY_MS = 1_000;

export interface SecondAnswersOptions {
  readonly core: ControlCore;
  readonly client: Pick<ModelClient, 'answer'>;
  readonly events: Pick<EventSink, 'append' | 'whenWritten'>;
  /** Told when a model begins to fail, not for each answer. */
  readonly onTrouble: (message: string) => void;
}

export interface SecondAnswers {
  /** Starts what can be started, as happens every second and after each pair. Resolves when nothing runs any more. */
  look(): Promise<void>;
  /** Breaks off what runs; what waits is left to the next start. Nothing more is written. */
  close(): void;
}

/**
 * Has questions of batches side by side answered by the other model, off the path of requests and past the gateway: no
 * breaker, limit or figure knows of it.
 */
export function startSecondAnswers({ core, client, events, onTrouble }: SecondAnswersOptions): SecondAnswers {
  const { door, clock } = core;
  const closing = new AbortController();
  const { signal } = closing;
  const running = new Map<string, Promise<void>>(); // by item
  const callsFailed = new Map<string, number>(); // by item that still waits
  const backOffs = new Map<string, BackOff>(); // by model
  let settled: unknown = null; // the reviews, while none of them waits

  const look = (): void => {
    const { reviews } = door.state();
    if (settled === reviews || signal.aborted) return;
    let isWaiting = false;
    for (const awaited of awaitedIn(reviews.values())) {
      isWaiting = true;
      if (running.size >= MAX_RUNNING) return;
      const { item, modelId } = awaited;
      if (!running.has(item.id) && !rests(modelId)) running.set(item.id, run(awaited));
    }
    if (isWaiting) return;
    settled = reviews;
    callsFailed.clear();
  };
  const backOffOf = (modelId: string): BackOff => backOffs.get(modelId) ?? NO_BACK_OFF;
  const rests = (modelId: string): boolean =>
    backOffOf(modelId).untilMs > clock.monotonicMs() || restsBecause(core, modelId) !== null;

  const run = async (awaited: AwaitedAnswer): Promise<void> => {
    let isSettled = false;
    try {
      const asked = await askAgain(core, awaited, { client, signal });
      if (!signal.aborted) isSettled = await take(awaited, asked);
    } catch (error) {
      if (!(error instanceof IndexUnavailable)) pause(awaited.modelId, String(error));
    }
    running.delete(awaited.item.id);
    if (isSettled) look(); // else the next tick does: what is in the way would be so again at once
  };
  /** False where the pair still waits. */
  const take = async (awaited: AwaitedAnswer, asked: Asked): Promise<boolean> => {
    const { item, modelId } = awaited;
    if (asked.kind === 'failed') {
      pause(modelId, asked.message);
      const calls = (callsFailed.get(item.id) ?? 0) + 1;
      callsFailed.set(item.id, calls);
      if (calls < MAX_CALLS) return false;
      await settlePair(core, awaited, failedPair(asked.errorClass));
      return true;
    }
    if (asked.kind === 'said') backOffs.delete(modelId);
    const outcome =
      asked.kind === 'said'
        ? await keepAnswer(core, awaited, { said: asked, events })
        : failedPair(asked.because);
    if (outcome === null || signal.aborted) return false;
    await settlePair(core, awaited, outcome);
    return true;
  };
  const pause = (modelId: string, message: string): void => {
    const before = backOffOf(modelId);
    if (before.failuresInARow === 0) onTrouble(`second answers of "${modelId}" cannot be made: ${message}`);
    backOffs.set(modelId, backedOff(before, clock.monotonicMs()));
  };

  const ticking = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    async look() {
      look();
      while (running.size > 0) await Promise.all(running.values());
    },
    close() {
      clearInterval(ticking);
      closing.abort();
    },
  };
}

function* awaitedIn(reviews: Iterable<{ readonly document: ReviewDocument }>): Generator<AwaitedAnswer> {
  for (const { document } of reviews) {
    for (const item of document.items) {
      if (item.second?.state !== 'waiting') continue;
      yield { reviewId: document.id, item, modelId: secondModelOf(document, item) };
    }
  }
}
