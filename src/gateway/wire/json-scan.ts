import type { Span } from './wire.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Strings longer than this are left to the native search; below it, the call would cost more than the loop. */
const SHORT_STRING = 16;

/** A text at least so long, in bytes with its quotes, is told of. */
const LONG_TEXT = 256;

/** How much of an object is looked at before it is given up. */
export interface ScanLimits {
  /** Objects and lists inside one another, the object itself included. */
  readonly depth: number;
  /** Objects, lists and members in all. */
  readonly parts: number;
}

/** A string inside a member's value, from its opening quote to behind its closing one. */
export interface LongText {
  readonly start: number;
  readonly end: number;
}

const NO_LIMITS: ScanLimits = { depth: Number.POSITIVE_INFINITY, parts: Number.POSITIVE_INFINITY };

/** Where the members of one object stand in the text. */
export interface ObjectScan {
  /** Offset of the opening brace. */
  readonly open: number;
  /** Members by decoded key, in written order; of a key written twice, the first. */
  readonly spans: ReadonlyMap<string, Span>;
  /** The first key that is written twice, escapes resolved. */
  readonly duplicate: string | null;
  /** The limit at which the scan stopped; the spans are then incomplete. */
  readonly exceeded: keyof ScanLimits | null;
  /** The long texts in the members' values, in written order. */
  readonly longTexts: readonly LongText[];
}

/**
 * Finds the members of the object that opens at `open` without parsing its values. The text is JSON whose UTF-8 was
 * read as Latin-1: a character is a byte, so every offset is one into the bytes too, and the engine's own search
 * takes half as long as a Buffer's. Lax: on text that is not JSON it stops early, so a caller that does not know the
 * text to be JSON parses it afterwards.
 */
export function scanObject(text: string, open: number, limits = NO_LIMITS): ObjectScan {
  const spans = new Map<string, Span>();
  const longTexts: LongText[] = [];
  const budget = { depth: limits.depth - 1, parts: limits.parts, longTexts };
  let duplicate: string | null = null;
  let exceeded: ObjectScan['exceeded'] = null;
  let at = open;
  do {
    const keyStart = skipSpace(text, at + 1);
    if (text.charCodeAt(keyStart) !== QUOTE) break;
    const keyEnd = stringEnd(text, keyStart);
    const colon = skipSpace(text, keyEnd);
    if (text.charCodeAt(colon) !== COLON) break;
    budget.parts -= 1;
    const start = skipSpace(text, colon + 1);
    const end = valueEnd(text, start, budget);
    if (end === -1) {
      exceeded = budget.parts < 0 ? 'parts' : 'depth';
      break;
    }
    const key = decodeKey(text, keyStart, keyEnd);
    if (spans.has(key)) duplicate ??= key;
    else spans.set(key, { keyStart, start, end });
    at = skipSpace(text, end);
  } while (text.charCodeAt(at) === COMMA);
  return { open, spans, duplicate, exceeded, longTexts };
}

/** What is left of the limits, and what was seen under way. */
interface ScanBudget {
  readonly depth: number;
  parts: number;
  readonly longTexts: LongText[];
}

/** Offset after the value that begins at `from`, or -1 when it is more than the budget allows. */
function valueEnd(text: string, from: number, budget: ScanBudget): number {
  const { length } = text;
  const maxDepth = budget.depth;
  let { parts } = budget;
  let depth = 0;
  let at = from;
  while (at < length) {
    const byte = text.charCodeAt(at);
    if (byte === QUOTE) {
      const start = at;
      at = stringEnd(text, start);
      if (at - start >= LONG_TEXT) budget.longTexts.push({ start, end: at });
      if (depth === 0) break;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      parts -= 1;
      if (depth > maxDepth || parts < 0) {
        budget.parts = parts;
        return -1;
      }
      at += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) break; // closes what the scalar stands in
      depth -= 1;
      at += 1;
      if (depth === 0) break;
    } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) break;
    else {
      if (byte === COLON) parts -= 1;
      at += 1;
    }
  }
  budget.parts = parts;
  return parts < 0 ? -1 : Math.min(at, length);
}

function skipSpace(text: string, from: number): number {
  const { length } = text;
  let at = from;
  while (at < length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Offset of the first byte of an array's first element, or -1 when the array is empty. `open` is its bracket. */
export function firstElement(text: string, open: number): number {
  const at = skipSpace(text, open + 1);
  return at === text.length || text.charCodeAt(at) === CLOSE_BRACKET ? -1 : at;
}

/** Offset after the closing quote of the string that opens at `from`; the length of the text when none closes it. */
function stringEnd(text: string, from: number): number {
  const { length } = text;
  let at = from + 1;
  while (at < length) {
    const soon = Math.min(at + SHORT_STRING, length);
    while (at < soon) {
      const byte = text.charCodeAt(at);
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = text.indexOf('"', at);
    if (quote === -1) return length;
    if (!isEscaped(text, at, quote)) return quote + 1;
    at = quote + 1;
  }
  return length;
}

/** True when an odd number of backslashes stands before `quote`; `from` is known to be outside an escape. */
function isEscaped(text: string, from: number, quote: number): boolean {
  let back = quote;
  while (back > from && text.charCodeAt(back - 1) === BACKSLASH) back -= 1;
  return (quote - back) % 2 === 1;
}

/** Of such keys Latin-1 and UTF-8 tell the same. */
const PLAIN_KEY = /^[\w-]*$/;

function decodeKey(text: string, keyStart: number, keyEnd: number): string {
  const raw = text.slice(keyStart + 1, keyEnd - 1);
  if (PLAIN_KEY.test(raw)) return raw;
  const key = Buffer.from(raw, 'latin1').toString('utf8');
  if (!key.includes('\\')) return key;
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    return key; // not JSON: whoever parses the whole will say so
  }
}
