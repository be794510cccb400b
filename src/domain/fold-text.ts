import { simplified } from './han-variants.ts';

/** Longer messages are read by their two ends: what is asked stands there, and the work must have a limit. */
export const MAX_MESSAGE_CHARS = 2_000;
/** As many arguments as a call takes without harm. */
const MAX_ARGUMENTS = 8_192;

/** Stands between clauses, where a reader would pause. */
export const PAUSE = '\n';
const PAUSE_CODE = 0x0a;
const SPACE_CODE = 0x20;

const APOSTROPHES = /['’‘ʼ`´]/;
const ENDING = /['’‘ʼ`´](?:s|d|m|ll|ve|re)\b/g;

/** What a character is to a reader, by its code: one look a character. 64 KiB. */
const KINDS = new Uint8Array(0x10000);
const OTHER = 0;
const PAUSING = 1;
const DIGIT = 2;
const LETTER = 3;
const IDEOGRAPH = 4;
// Letters of any script. Surrogates stay outside: they are mostly emoji, and say nothing here.
KINDS.fill(LETTER, 0x61, 0x7b)
  .fill(LETTER, 0xc0, 0x2000)
  .fill(LETTER, 0x2c00, 0x2e00)
  .fill(OTHER, 0xd7, 0xd8);
KINDS.fill(OTHER, 0xf7, 0xf8).fill(LETTER, 0xfb00, 0xfe00).fill(DIGIT, 0x30, 0x3a);
KINDS.fill(IDEOGRAPH, 0x3005, 0x3008).fill(IDEOGRAPH, 0x3041, 0xd800).fill(IDEOGRAPH, 0xf900, 0xfb00);
for (const mark of '\n,.!?;:。、…') KINDS[mark.charCodeAt(0)] = PAUSING;

/**
 * One spelling for all the ways to write the same words: width, case, traditional characters, punctuation, spaces,
 * apostrophes (`don't` → `dont`, `where's` → `where`). What is left are letters and digits, single spaces, and `PAUSE`
 * for the marks that part clauses; neither of the two at an end. Of a text over `maxChars` its two ends.
 */
export function foldText(text: string, maxChars: number): string {
  let flat = ends(text, maxChars).normalize('NFKC').toLowerCase();
  if (APOSTROPHES.test(flat)) flat = flat.replace(ENDING, '').replace(/['’‘ʼ`´]/g, '');
  const codes: number[] = [];
  let gap = 0;
  for (let i = 0; i < flat.length; i += 1) {
    const code = flat.charCodeAt(i);
    const kind = KINDS[code] ?? OTHER;
    if (kind > PAUSING) {
      if (gap !== 0 && codes.length > 0) codes.push(gap);
      gap = 0;
      codes.push(kind === IDEOGRAPH ? simplified(code) : code);
    } else if (kind === PAUSING && isPause(flat, i, code)) gap = PAUSE_CODE;
    else if (gap === 0) gap = SPACE_CODE;
  }
  if (codes.length <= MAX_ARGUMENTS) return String.fromCharCode(...codes);
  let folded = '';
  for (let i = 0; i < codes.length; i += MAX_ARGUMENTS) {
    folded += String.fromCharCode(...codes.slice(i, i + MAX_ARGUMENTS));
  }
  return folded;
}

export function isWordCode(code: number): boolean {
  return (KINDS[code] ?? OTHER) > PAUSING;
}

export function isDigitCode(code: number): boolean {
  return KINDS[code] === DIGIT;
}

/** Characters of the scripts that part no words by spaces: each is a unit of its own. */
export function isIdeographCode(code: number): boolean {
  return KINDS[code] === IDEOGRAPH;
}

/** `3.5`, `1,000` and `12:30` are no pauses, and neither is the dot of `example.com`. */
function isPause(text: string, at: number, code: number): boolean {
  if (code !== 0x2e && code !== 0x2c && code !== 0x3a) return true;
  const next = KINDS[text.charCodeAt(at + 1)];
  return !(next === DIGIT || (code === 0x2e && next === LETTER));
}

function ends(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.ceil(maxChars / 2);
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}
