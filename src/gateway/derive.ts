import type { DerivedRecord } from '../contract/event.ts';
import { MAX_MESSAGE_CHARS } from '../domain/fold-text.ts';
import { judgeFollowUp, readMessage } from '../domain/follow-up.ts';
import { type CompiledIntent, intentOf, judgeByRule } from '../domain/intent.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { UnjudgedAnswer } from '../ports/judging.ts';
import { endsOf } from './wire/text-ends.ts';
import type { Words } from './words.ts';

/** What is read of the first answer, by its two ends: a task is confirmed at either, and a step must be short. */
const MAX_ANSWER_CHARS = 8_000;
/** Intents that are looked for in one step. */
const INTENTS_A_STEP = 10;

/** A finished request whose texts tell something. */
export interface Told {
  readonly requestId: string;
  readonly timeMs: number;
  readonly instance: string;
  readonly words: Words;
  /** It opened a round from the second on, so that the user may have asked again. */
  readonly isLaterRound: boolean;
  /** The first whole answer of the session, for the rule of its intent; null where this is none. */
  readonly firstAnswer: string | null;
  readonly snapshot: Snapshot;
}

/** What users said last, for clients that do not resend the conversation; texts by their two ends. */
export interface LastMessages {
  get(instance: string): string | undefined;
  set(instance: string, text: string): void;
}

export interface Facts {
  readonly record: DerivedRecord;
  /** The first answer, where there is an intent and no rule that decides. */
  readonly unjudged: UnjudgedAnswer | null;
}

/** Finds the facts, a step between two yields, each well below a millisecond or two. Null where there are none. */
export function* deriveFacts(told: Told, lastMessages: LastMessages): Generator<void, Facts | null> {
  const text = endsOf(told.words.last(), MAX_MESSAGE_CHARS);
  if (text === '') return null;
  const facts = told.isLaterRound
    ? yield* followUpFacts(told, text, lastMessages)
    : yield* intentFacts(told, text);
  lastMessages.set(told.instance, text);
  return facts;
}

function* followUpFacts(told: Told, text: string, lastMessages: LastMessages): Generator<void, Facts> {
  const resent = told.words.previous();
  const previous =
    resent === null ? (lastMessages.get(told.instance) ?? null) : endsOf(resent, MAX_MESSAGE_CHARS);
  yield;
  const before = previous === null ? null : readMessage(previous);
  yield;
  const message = readMessage(text);
  yield;
  const { isFollowUp, reason } = judgeFollowUp(before, message, told.snapshot.followUpPhrases);
  const record = { ...noFacts(told), is_follow_up: isFollowUp, follow_up_by: reason };
  return { record, unjudged: null };
}

function* intentFacts(told: Told, text: string): Generator<void, Facts | null> {
  const { intents } = told.snapshot;
  let intent: CompiledIntent | null = null;
  for (let at = 0; at < intents.length && intent === null; at += INTENTS_A_STEP) {
    yield;
    intent = intentOf(intents.slice(at, at + INTENTS_A_STEP), text);
  }
  if (intent === null) return null;
  yield;
  const answer = told.firstAnswer === null ? null : endsOf(told.firstAnswer, MAX_ANSWER_CHARS);
  yield;
  const completed = answer === null ? null : judgeByRule(intent, answer);
  const record = { ...noFacts(told), intent: intent.name, task_completed: completed };
  if (answer === null || completed !== null) return { record, unjudged: null };
  const { requestId, instance: sessionInstance } = told;
  return {
    record,
    unjudged: { requestId, sessionInstance, intentName: intent.name, question: text, answer },
  };
}

function noFacts({ timeMs, requestId, instance }: Told): DerivedRecord {
  return {
    time_ms: timeMs,
    request_id: requestId,
    session_instance: instance,
    is_follow_up: null,
    follow_up_by: null,
    intent: null,
    task_completed: null,
  };
}
