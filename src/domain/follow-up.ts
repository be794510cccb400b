import { foldText, MAX_MESSAGE_CHARS, PAUSE } from './fold-text.ts';
import { formOf, type MessageForm, weightOf } from './message-form.ts';
import { SETTLED } from './message-words.ts';
import { isSameQuestion, likeness } from './near-duplicate.ts';
import { compilePatterns, findPattern, type TextPattern } from './text-pattern.ts';

/** A message, prepared: what a session keeps of the user's last message instead of its text. */
export interface ReadMessage {
  readonly folded: string;
  readonly form: MessageForm;
}

export interface FollowUp {
  readonly isFollowUp: boolean;
  readonly reason: 'phrase' | 'near_duplicate' | null;
  /** The phrase that was found, as it was written in the list. */
  readonly phrase: string | null;
  /** Likeness to the previous message, 0–1; null where it was not asked for. */
  readonly score: number | null;
}

/** What may stand around a phrase for it to be what the message is about; weights as in `weightOf`. */
const BEFORE = 1;
const AFTER = 13;
const ELSEWHERE = 36;
const SAME_CLAUSE = 0.85;
const MAX_CLAUSES = 12;
/** Folded characters. A longer message is about more than a phrase, and may be wrapped in something. */
const LONG_CHARS = 300;

export function readMessage(text: string): ReadMessage {
  const folded = foldText(text, MAX_MESSAGE_CHARS);
  return { folded, form: formOf(text, folded) };
}

/**
 * Does the user ask the same thing again? `previous` is the user's message before, null where it is not known; then
 * only phrases are looked for. The first message of a conversation is never a follow-up: callers ask from the second on.
 */
export function judgeFollowUp(
  previous: ReadMessage | null,
  message: ReadMessage,
  phrases: readonly TextPattern[],
): FollowUp {
  const phrase = phraseOf(message, phrases);
  if (phrase !== null) return { isFollowUp: true, reason: 'phrase', phrase: phrase.source, score: null };
  if (previous === null) return { isFollowUp: false, reason: null, phrase: null, score: null };
  const score = SETTLED.test(message.folded) ? 0 : likenessOf(previous, message);
  const isFollowUp = isSameQuestion(score);
  return { isFollowUp, reason: isFollowUp ? 'near_duplicate' : null, phrase: null, score };
}

/** Likeness of the whole; or of a clause, where one of either side repeats the other's question. */
function likenessOf(previous: ReadMessage, message: ReadMessage): number {
  if (previous.folded.length > LONG_CHARS && message.folded.length > LONG_CHARS) {
    return likenessInFrame(previous, message);
  }
  const whole = likeness(previous.form, message.form);
  if (isSameQuestion(whole)) return whole;
  if (message.form.isQuestion && clausesOf(previous).includes(message.folded)) {
    return likeness(message.form, message.form);
  }
  if (!message.folded.includes(PAUSE)) return whole;
  const asking = clausesOf(message)
    .map((clause) => formOf(clause, clause))
    .filter((form) => form.isQuestion);
  const best = Math.max(0, ...asking.map((form) => likeness(previous.form, form)));
  return best >= SAME_CLAUSE ? best : whole;
}

/**
 * Some clients wrap every message in the same instructions or documents. Then only what stands between the clauses
 * that two long messages begin and end with alike tells whether the same was asked.
 */
function likenessInFrame(previous: ReadMessage, message: ReadMessage): number {
  const [before, now] = [previous.folded.split(PAUSE), message.folded.split(PAUSE)];
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start < most && before[start] === now[start]) start += 1;
  let tail = 0;
  while (tail < most - start && before.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  if (start + tail === 0 || start + tail === most) return likeness(previous.form, message.form);
  const [asked, asks] = [before, now].map((clauses) => {
    const core = clauses.slice(start, clauses.length - tail).join(PAUSE);
    return formOf(core, core);
  });
  return asked && asks ? likeness(asked, asks) : 0;
}

function clausesOf(message: ReadMessage): string[] {
  return message.folded.split(PAUSE, MAX_CLAUSES);
}

export function compileFollowUpPhrases(phrases: readonly string[]): TextPattern[] {
  return compilePatterns(phrases);
}

/** The first phrase that a clause consists of, more or less, in a message that says little else. */
function phraseOf(message: ReadMessage, phrases: readonly TextPattern[]): TextPattern | null {
  if (message.folded.length > LONG_CHARS) return null;
  for (const pattern of phrases) {
    const [piece = ''] = pattern.pieces;
    if (message.folded.includes(piece) && isAbout(message, pattern)) return pattern;
  }
  return null;
}

function isAbout(message: ReadMessage, pattern: TextPattern): boolean {
  return message.folded.split(PAUSE).some((clause) => {
    const span = findPattern(pattern, clause);
    if (span === null) return false;
    const before = clause.slice(0, span.start);
    const after = clause.slice(span.end);
    if (!pattern.freeStart && weigh(before) > BEFORE) return false;
    if (!pattern.freeEnd && weigh(after) > AFTER) return false;
    return weightOf(message.form) - weigh(clause) <= ELSEWHERE;
  });
}

function weigh(folded: string): number {
  return folded === '' ? 0 : weightOf(formOf(folded, folded));
}
