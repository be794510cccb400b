import { countGrams } from './gram-counter.ts';
import { type MessageForm, WORD_WEIGHT } from './message-form.ts';
import { ASKS, OPPOSITE, TELLING, TELLING_WORDS } from './message-words.ts';

/** Tuned on the development half of `test/labelled/follow-up.jsonl`. */
const SAME_QUESTION = 0.66;
const SAME_PART = 0.85;
const LEAST_PART = 5;
/** What was exchanged for something else counts more against a question than what was added or left out. */
const EXCHANGED = 2.5;
/** The same characters in another order differ only in their pairs. */
const REORDERED = 0.6;
const ADDED = 0.8;
const LEFT_OUT = 0.5;
/** A statement after a question seldom asks it again. */
const STATED = 0.8;
/** Words left over on either side that are compared for slips of the keyboard: at most 32 × 32 comparisons. */
const MAX_LEFT_WORDS = 32;
/** Fewer characters in common, and one that differs is a word of its own. */
const LEAST_FOR_SLIP = 4;

/** Asked for one another: 怎么还没到 is why, "where can I see it" is how. */
const ANY_WAY: ReadonlySet<string> = new Set([ASKS.how, ASKS.why, ASKS.where]);

interface Difference {
  readonly shared: number;
  readonly previousOnly: number;
  readonly messageOnly: number;
}

/**
 * How far `message` asks what `previous` asked, 0–1: the weight of what they share against what differs. 0 where
 * something tells them apart for certain: another number, another kind of question, a denial.
 */
export function likeness(previous: MessageForm, message: MessageForm): number {
  if (!asksAnything(message) || isToldApart(previous, message)) return 0;
  const grams = differGrams(previous.grams, message.grams);
  const words = differWords(previous.words, message.words);
  if (grams === null || words === null) return 0;
  const parts = [grams, words, differAsks(previous.asks, message.asks)];
  const shared = sum(parts, (part) => part.shared);
  const leftOut = sum(parts, (part) => part.previousOnly);
  const added = sum(parts, (part) => part.messageOnly);
  const exchanged = Math.min(leftOut, added);
  const against =
    EXCHANGED * exchanged +
    (message.isQuestion ? LEFT_OUT : 1) * (leftOut - exchanged) +
    ADDED * (added - exchanged);
  const all = (shared / (shared + against || 1)) * (previous.isQuestion && !message.isQuestion ? STATED : 1);
  if (!message.isQuestion || shared < LEAST_PART) return all;
  const part = shared / (shared + EXCHANGED * added);
  return part >= SAME_PART ? Math.max(part, all) : all;
}

export function isSameQuestion(score: number): boolean {
  return score >= SAME_QUESTION;
}

function asksAnything(message: MessageForm): boolean {
  const content =
    message.grams.length + message.words.reduce((weight, word) => weight + Math.min(word.length, 4), 0);
  return content > 3 || (content === 3 && message.isQuestion);
}

function isToldApart(previous: MessageForm, message: MessageForm): boolean {
  if (message.numbers.some((number) => !previous.numbers.includes(number))) return true;
  if (message.isDenial && !previous.isDenial) return true;
  if (message.words.includes(OPPOSITE) !== previous.words.includes(OPPOSITE)) return true;
  const kinds = [previous, message].map((form) => form.asks.filter((ask) => ask !== ASKS.what));
  const [before = [], now = []] = kinds;
  if (before.length === 0 || now.length === 0 || before.some((ask) => now.includes(ask))) return false;
  const isAnyWay = (asks: string[]) => asks.every((ask) => ANY_WAY.has(ask));
  return !(isAnyWay(before) && isAnyWay(now));
}

function sum(parts: readonly Difference[], of: (part: Difference) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

/** Null when single characters that tell siblings apart were exchanged. */
function differGrams(previous: Int32Array, message: Int32Array): Difference | null {
  const known = countGrams(previous);
  const before: number[] = [];
  const now: number[] = [];
  let shared = 0;
  let sharedSingle = 0;
  for (const gram of message) {
    if (known.take(gram)) {
      shared += 1;
      if (isSingle(gram)) sharedSingle += 1;
    } else if (isSingle(gram)) now.push(gram);
  }
  known.eachLeft((gram) => {
    if (isSingle(gram)) before.push(gram);
  });
  const [isToldBefore, isToldNow] = [before.some(isTelling), now.some(isTelling)];
  if (isToldBefore && isToldNow) return null;
  const isOneForOne = before.length === 1 && now.length === 1 && !isToldBefore && !isToldNow;
  if (isOneForOne && sharedSingle >= LEAST_FOR_SLIP) {
    return { shared: message.length, previousOnly: 0, messageOnly: 0 };
  }
  const isReordered = before.length === 0 && now.length === 0;
  const weight = isReordered ? REORDERED : 1;
  return {
    shared,
    previousOnly: weight * (previous.length - shared),
    messageOnly: weight * (message.length - shared),
  };
}

function isSingle(gram: number): boolean {
  return gram < 0x10000;
}

function isTelling(code: number): boolean {
  return TELLING.has(code);
}

/** "What is the process" asks how: beside another kind of question, `what` says nothing. */
function differAsks(previous: readonly string[], message: readonly string[]): Difference {
  const shared = message.filter((ask) => previous.includes(ask)).length;
  const previousOnly = previous.filter(
    (ask) => !message.includes(ask) && (ask !== ASKS.what || message.length === 0),
  );
  const messageOnly = message.filter(
    (ask) => !previous.includes(ask) && (ask !== ASKS.what || previous.length === 0),
  );
  return { shared, previousOnly: previousOnly.length, messageOnly: messageOnly.length };
}

/** Null when words that tell siblings apart were exchanged. */
function differWords(previous: readonly string[], message: readonly string[]): Difference | null {
  const left = new Set(previous);
  const wanted = new Set(message);
  const unknown = [...wanted].filter((word) => !left.delete(word));
  const isLong = unknown.length > MAX_LEFT_WORDS || left.size > MAX_LEFT_WORDS;
  const foreign = isLong ? unknown : withoutKin(unknown, left);
  const isTelling = (word: string): boolean => TELLING_WORDS.has(word);
  if (foreign.some(isTelling) && [...left].some(isTelling)) return null;
  return {
    shared: WORD_WEIGHT * (wanted.size - foreign.length),
    previousOnly: WORD_WEIGHT * left.size,
    messageOnly: WORD_WEIGHT * foreign.length,
  };
}

/** The words that have no kin in `left`; kin is taken out of it. */
function withoutKin(unknown: readonly string[], left: Set<string>): string[] {
  const others = [...left].map(kinOf);
  return unknown.map(kinOf).flatMap((word) => {
    const kin = others.find((other) => left.has(other.word) && isKin(word, other));
    if (kin) left.delete(kin.word);
    return kin ? [] : [word.word];
  });
}

interface Kin {
  readonly word: string;
  readonly stem: string;
}

function kinOf(word: string): Kin {
  return { word, stem: stemOf(word) };
}

/** The same word in another form (return, returning), or with one slip (order, oder; change, chnage). */
function isKin(a: Kin, b: Kin): boolean {
  if (a.word.charCodeAt(0) !== b.word.charCodeAt(0)) return false;
  return a.stem === b.stem || hasOneSlip(a.word, b.word);
}

function stemOf(word: string): string {
  if (word.length < 4) return word;
  const bare = word.replace(/(?:ings?|ed|es|s|ment|able)$/, '').replace(/[eyi]$/, '');
  return bare.length >= 3 ? bare : word;
}

/** One letter more, less or exchanged, or two neighbours swapped, in a word long enough for that to be an accident. */
function hasOneSlip(a: string, b: string): boolean {
  const long = Math.max(a.length, b.length);
  if (long < 4 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < long && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - start && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const [restA, restB] = [a.slice(start, a.length - tail), b.slice(start, b.length - tail)];
  if (restA.length === 2 && restB.length === 2) return restA[0] === restB[1] && restA[1] === restB[0];
  return long >= 5 && restA.length <= 1 && restB.length <= 1;
}
