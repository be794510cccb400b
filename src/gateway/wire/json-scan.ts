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

/** Where the members of one object stand in the bytes. */
export interface ObjectScan {
  /** Offset of the opening brace. */
  readonly open: number;
  /** Members by decoded key, in written order; of a key written twice, the first. */
  readonly spans: ReadonlyMap<string, Span>;
  /** The first key that is written twice, escapes resolved. */
  readonly duplicate: string | null;
  /** Set when objects and arrays nest deeper than the limit; the spans are then incomplete. */
  readonly tooDeep: boolean;
}

/**
 * Finds the members of the object that opens at `open` without parsing its values. Lax: on text that is not JSON
 * the result means nothing, so a caller that does not know it to be JSON parses it afterwards.
 */
export function scanObject(bytes: Buffer, open: number, maxDepth = Number.POSITIVE_INFINITY): ObjectScan {
  const spans = new Map<string, Span>();
  let duplicate: string | null = null;
  let depth = 1;
  let keyStart = -1;
  let keyEnd = -1;
  let start = -1; // of the value; -2 between the colon and its first byte
  let end = -1;
  let at = open + 1;
  const { length } = bytes;
  const close = (): void => {
    if (start < 0) return;
    const key = decodeKey(bytes, keyStart, keyEnd);
    if (spans.has(key)) duplicate ??= key;
    else spans.set(key, { keyStart, start, end });
    start = -1;
  };
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte <= 0x20) {
      at += 1;
      continue;
    }
    if (depth === 1) {
      if (byte === COMMA) {
        close();
        at += 1;
        continue;
      }
      if (byte === COLON) {
        start = -2;
        at += 1;
        continue;
      }
      if (start === -2) start = at;
    }
    if (byte === QUOTE) {
      const from = at;
      at = stringEnd(bytes, at);
      if (depth === 1 && start === -1) {
        keyStart = from;
        keyEnd = at;
      }
    } else {
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (depth > maxDepth) return { open, spans, duplicate, tooDeep: true };
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) {
          close();
          break;
        }
      }
      at += 1;
    }
    end = at;
  }
  return { open, spans, duplicate, tooDeep: false };
}

/** Offset of the first byte of an array's first element, or -1 when the array is empty. `open` is its bracket. */
export function firstElement(bytes: Buffer, open: number): number {
  for (let at = open + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 0x20) return byte === CLOSE_BRACKET ? -1 : at;
  }
  return -1;
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
