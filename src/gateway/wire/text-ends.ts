import type { LongText } from './json-scan.ts';

const QUOTE = '"';
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const FIRST_LEAD_BYTE = 0xc0;
/** Of UTF-8 for a UTF-16 unit. Of a text in escapes, which take six, half as much is kept. */
const MAX_BYTES_PER_UNIT = 3;
/** How far a place is looked for where no character or escape is cut in two; without one that end is left out. */
const MAX_SEARCH_BYTES = 64;

/**
 * The two ends of a JSON text that stands in `bytes`, of about `maxChars` together. They are copied now,
 * in a microsecond, and decoded when asked for, so that nobody holds the rest.
 */
export function keepEnds(bytes: Buffer, text: LongText, maxChars: number): () => string {
  const start = text.start + 1;
  const end = text.end - 1;
  const most = (maxChars * MAX_BYTES_PER_UNIT) / 2;
  if (end - start <= 2 * most) {
    const whole = Buffer.from(bytes.subarray(start, end));
    return () => decode(whole);
  }
  const headEnd = seam(bytes, start + most, -1);
  const tailStart = seam(bytes, end - most, 1);
  const head = Buffer.from(bytes.subarray(start, headEnd ?? start));
  const tail = Buffer.from(bytes.subarray(tailStart ?? end, end));
  return () => `${decode(head)}\n${decode(tail)}`;
}

/** The two ends of a text in memory of their own: slices would hold the whole. */
export function endsOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = maxChars / 2;
  return Buffer.from(`${text.slice(0, half)}\n${text.slice(-half)}`, 'utf16le').toString('utf16le');
}

/** The nearest offset, going by `step`, at which a character or an escape begins for sure; null where none is near. */
function seam(bytes: Buffer, from: number, step: 1 | -1): number | null {
  for (let count = 0, at = from; count < MAX_SEARCH_BYTES; count += 1, at += step) {
    const byte = bytes[at] as number;
    // No escape holds a space or a byte above ASCII, and none begins with a second backslash.
    if (byte === SPACE || byte >= FIRST_LEAD_BYTE) return at;
    if (byte === BACKSLASH && bytes[at - 1] !== BACKSLASH) return at;
  }
  return null;
}

function decode(inside: Buffer): string {
  return JSON.parse(QUOTE + inside.toString('utf8') + QUOTE) as string;
}
