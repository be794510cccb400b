import { crc32 } from 'node:zlib';
import type { LongText } from './json-scan.ts';
import { readPlainTalk } from './plain-talk.ts';
import { endsOf, keepEnds } from './text-ends.ts';
import type { Skim, Span } from './wire.ts';

/** What a stand-in begins with. JSON allows the character DEL in a text, so a body that holds one is not abridged. */
const MARK = '\u007f';
const MARK_ESCAPED = '\\u007';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
/** Escapes of one letter, by it. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  r: '\r',
  t: '\t',
};
const MAX_MARKED_ESCAPES = 8;
const HEX = /^[0-9a-fA-F]{4}$/;
/** Escapes that stand closer than so many characters are left to the parser, which is quicker with them. */
const DENSE_ESCAPES = 16;

/** Stand-ins, made once: most bodies need the first few. */
const STAND_INS = Array.from({ length: 256 }, (_, index) => `${MARK}${index}`);

/** A JSON object in which a stand-in takes the place of each long text that was cut out. */
export interface Abridged {
  /** Its text, without the messages where those were read already. */
  readonly text: string;
  readonly cuts: readonly LongText[];
  readonly messages: readonly unknown[] | null;
}

/**
 * Takes the long texts out of a JSON text, so that nobody parses or decodes what nobody reads: of a long conversation
 * that passes through, that is nearly all of it. A text is cut out only when it is one that the grammar allows, so the
 * abridged text is JSON exactly when the whole is. Null when it is not worth it, or not possible.
 * `bytes` is UTF-8, `latin` the same as Latin-1, `talk` where its messages stand.
 */
export function abridge(
  bytes: Buffer,
  latin: string,
  { longTexts, talk }: { readonly longTexts: readonly LongText[]; readonly talk: Span | undefined },
): Abridged | null {
  const from = longTexts[0]?.start ?? 0;
  const to = longTexts.at(-1)?.end ?? 0;
  if ((to - from) * 2 < bytes.length || hasControls(bytes, from, to) || latin.includes(MARK)) return null;
  const escapes = escapeChecker(latin);
  const cuts = longTexts.filter(
    ({ start, end }) => latin.charCodeAt(end - 1) === QUOTE && escapes(start + 1, end - 1),
  );
  const messages = talk === undefined ? null : readPlainTalk({ latin, cuts, standIn }, talk.start, talk.end);
  let text = '';
  let done = 0;
  const replace = (start: number, end: number, instead: string): void => {
    text += latin.slice(done, start) + instead;
    done = end;
  };
  cuts.forEach(({ start, end }, index) => {
    const isTalk = messages !== null && talk !== undefined && start > talk.start && end < talk.end;
    if (!isTalk) replace(start, end, `"${standIn(index)}"`);
    else if (done < talk.end) replace(talk.start, talk.end, '0');
  });
  text += latin.slice(done);
  if (text.length * 2 > bytes.length || text.includes(MARK_ESCAPED)) return null;
  return { text: Buffer.from(text, 'latin1').toString('utf8'), cuts, messages };
}

function standIn(index: number): string {
  return STAND_INS[index] ?? `${MARK}${index}`;
}

/** Reads in an abridged body: `json` is what its text was parsed to. */
export function abridgedSkim(json: Skim['json'], bytes: Buffer, cuts: readonly LongText[]): Skim {
  const cutOf = (text: string): LongText | undefined =>
    text.startsWith(MARK) ? cuts[Number(text.slice(1))] : undefined;
  const textOf = (text: string): string => {
    const cut = cutOf(text);
    return cut === undefined ? text : (JSON.parse(bytes.toString('utf8', cut.start, cut.end)) as string);
  };
  return {
    json,
    textOf,
    markOf(text, seed) {
      const cut = cutOf(text);
      if (cut === undefined) return crc32(text, seed);
      return markInside(bytes.subarray(cut.start + 1, cut.end - 1), seed) ?? crc32(textOf(text), seed);
    },
    copyOf(text) {
      const cut = cutOf(text);
      return cut === undefined ? text : Buffer.from(bytes.subarray(cut.start, cut.end));
    },
    keep(text, maxChars) {
      const cut = cutOf(text);
      return cut === undefined ? keepText(text, maxChars) : keepEnds(bytes, cut, maxChars);
    },
  };
}

/** Mark of the text that is written so; null where finding it that way would take longer than decoding the text. */
function markInside(inside: Buffer, seed = 0): number | null {
  let mark = seed;
  let done = 0;
  for (let count = 0; count <= MAX_MARKED_ESCAPES; count += 1) {
    const at = inside.indexOf(BACKSLASH, done);
    if (at === -1) return crc32(inside.subarray(done), mark);
    const char = SHORT_ESCAPES[String.fromCharCode(inside[at + 1] as number)];
    if (char === undefined) return null;
    mark = crc32(char, crc32(inside.subarray(done, at), mark));
    done = at + 2;
  }
  return null;
}

/** Reads in a body that is parsed as a whole. */
export function wholeSkim(json: Skim['json']): Skim {
  return {
    json,
    textOf: (text) => text,
    markOf: (text, seed) => crc32(text, seed),
    copyOf: (text) => text,
    keep: keepText,
  };
}

function keepText(text: string, maxChars: number): () => string {
  const kept = endsOf(text, maxChars);
  return () => kept;
}

/** True when a control character stands in `bytes[from, to)`. Looks at four bytes at a time. */
function hasControls(bytes: Buffer, from: number, to: number): boolean {
  const shift = -bytes.byteOffset & 3; // words begin at multiples of four in memory
  const words = new Int32Array(
    bytes.buffer,
    bytes.byteOffset + shift,
    Math.max(0, bytes.length - shift) >> 2,
  );
  const first = Math.min(Math.max(0, (from - shift + 3) >> 2), words.length);
  const last = Math.min(Math.max(first, (to - shift) >> 2), words.length);
  let borrows = 0;
  for (let i = first; i < last; i += 1) {
    const word = words[i] as number;
    borrows |= (word - 0x20202020) & ~word; // a byte below 0x20 sets its top bit, which it had not
  }
  if ((borrows & 0x80808080) !== 0) return true;
  const isIn = (start: number, end: number): boolean =>
    bytes.subarray(start, end).some((byte) => byte < SPACE);
  return isIn(from, first * 4 + shift) || isIn(last * 4 + shift, to);
}

/** Tells whether every backslash in `latin[from, to)` begins an escape. To be asked from the left to the right. */
function escapeChecker(latin: string): (from: number, to: number) => boolean {
  let next = -1; // no backslash stands before it that was not looked at
  const find = (from: number): number => {
    const found = latin.indexOf('\\', from);
    return found === -1 ? latin.length : found;
  };
  return (from, to) => {
    if (next < from) next = find(from);
    for (let count = 1; next < to; count += 1) {
      if (count > DENSE_ESCAPES / 2 && next - from < count * DENSE_ESCAPES) return false;
      const length = escapeLength(latin, next + 1);
      if (length === 0 || next + length > to) return false;
      next = find(next + length);
    }
    return true;
  };
}

/** Length of the escape whose letter stands at `at`, its backslash included; 0 for what is none. */
function escapeLength(latin: string, at: number): number {
  const letter = latin[at] ?? '';
  if (letter === 'u') return HEX.test(latin.slice(at + 1, at + 5)) ? 6 : 0;
  return Object.hasOwn(SHORT_ESCAPES, letter) ? 2 : 0;
}
