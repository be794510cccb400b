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
const SHORT_STRING = 48;

/** How much of an object is looked at before it is given up. */
export interface ScanLimits {
  /** Objects and lists inside one another, the object itself included. */
  readonly depth: number;
  /** Objects, lists and members in all. */
  readonly parts: number;
}

const NO_LIMITS: ScanLimits = { depth: Number.POSITIVE_INFINITY, parts: Number.POSITIVE_INFINITY };

/** Where the members of one object stand in the bytes. */
export interface ObjectScan {
  /** Offset of the opening brace. */
  readonly open: number;
  /** Members by decoded key, in written order; of a key written twice, the first. */
  readonly spans: ReadonlyMap<string, Span>;
  /** The first key that is written twice, escapes resolved. */
  readonly duplicate: string | null;
  /** The limit at which the scan stopped; the spans are then incomplete. */
  readonly exceeded: keyof ScanLimits | null;
}

/**
 * Finds the members of the object that opens at `open` without parsing its values. Lax: on text that is not JSON it
 * stops early, so a caller that does not know the text to be JSON parses it afterwards.
 */
export function scanObject(bytes: Buffer, open: number, limits = NO_LIMITS): ObjectScan {
  const spans = new Map<string, Span>();
  const budget = { depth: limits.depth - 1, parts: limits.parts };
  let duplicate: string | null = null;
  let exceeded: ObjectScan['exceeded'] = null;
  let at = open;
  do {
    const keyStart = skipSpace(bytes, at + 1);
    if (bytes[keyStart] !== QUOTE) break;
    const keyEnd = stringEnd(bytes, keyStart);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) break;
    budget.parts -= 1;
    const start = skipSpace(bytes, colon + 1);
    const end = valueEnd(bytes, start, budget);
    if (end === -1) {
      exceeded = budget.parts < 0 ? 'parts' : 'depth';
      break;
    }
    const key = decodeKey(bytes, keyStart, keyEnd);
    if (spans.has(key)) duplicate ??= key;
    else spans.set(key, { keyStart, start, end });
    at = skipSpace(bytes, end);
  } while (bytes[at] === COMMA);
  return { open, spans, duplicate, exceeded };
}

/** Offset after the value that begins at `from`, or -1 when it is more than the budget allows. */
function valueEnd(bytes: Buffer, from: number, budget: { readonly depth: number; parts: number }): number {
  const { length } = bytes;
  const maxDepth = budget.depth;
  let { parts } = budget;
  let depth = 0;
  let at = from;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
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

function skipSpace(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length && (bytes[at] as number) <= 0x20) at += 1;
  return at;
}

/** Offset of the first byte of an array's first element, or -1 when the array is empty. `open` is its bracket. */
export function firstElement(bytes: Buffer, open: number): number {
  const at = skipSpace(bytes, open + 1);
  return at === bytes.length || bytes[at] === CLOSE_BRACKET ? -1 : at;
}

/** Offset after the closing quote of the string that opens at `from`; the length of the bytes when none closes it. */
function stringEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from + 1;
  while (at < length) {
    const soon = Math.min(at + SHORT_STRING, length);
    while (at < soon) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return length;
    if (!isEscaped(bytes, at, quote)) return quote + 1;
    at = quote + 1;
  }
  return length;
}

/** True when an odd number of backslashes stands before `quote`; `from` is known to be outside an escape. */
function isEscaped(bytes: Buffer, from: number, quote: number): boolean {
  let back = quote;
  while (back > from && bytes[back - 1] === BACKSLASH) back -= 1;
  return (quote - back) % 2 === 1;
}

function decodeKey(bytes: Buffer, keyStart: number, keyEnd: number): string {
  const raw = bytes.toString('utf8', keyStart + 1, keyEnd - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw; // not JSON: whoever parses the whole will say so
  }
}
