import { isDigitCode, isIdeographCode, isWordCode } from './fold-text.ts';
import {
  codesOf,
  DENIAL,
  HAN_DENIALS,
  HAN_NUMERALS,
  HAN_SPECIAL,
  HAN_TABLE,
  isAsk,
  PAIR_STARTS,
  WORD_TABLE,
} from './message-words.ts';

/** What a message says, without how it says it: the units that two messages are compared by. */
export interface MessageForm {
  /**
   * Grams of the characters that carry content, none of them 0: single characters (below 2^16) and pairs (above), a
   * run's first and last character paired with its edge.
   */
  readonly grams: Int32Array;
  /** Spelled words that carry content, as written. */
  readonly words: readonly string[];
  /** Order numbers, amounts, dates, the digits of names. */
  readonly numbers: readonly string[];
  /** Members of `ASKS`. */
  readonly asks: readonly string[];
  readonly isQuestion: boolean;
  readonly isDenial: boolean;
}

const EDGE = 1;
const YES_NO = /[吗么]|(.)[不没]\1/;
const MODAL_FIRST = /^(?:can|could|is|are|do|does|did|will|would|has|have|may|should)\b/m;
const QUESTION_MARK = /[?？]/;

/** `text` as it was written, `folded` by `foldText`. */
export function formOf(text: string, folded: string): MessageForm {
  const reader = createReader();
  for (let i = 0; i < folded.length; ) {
    const code = folded.charCodeAt(i);
    if (!isWordCode(code)) {
      reader.pause();
      i += 1;
    } else if (isIdeographCode(code)) i = readIdeograph(folded, i, reader);
    else i = readSpelled(folded, i, reader);
  }
  const { grams, words, numbers, asks, denials } = reader.end();
  return {
    grams: new Int32Array(grams),
    words,
    numbers,
    asks,
    isQuestion:
      asks.length > 0 || QUESTION_MARK.test(text) || YES_NO.test(folded) || MODAL_FIRST.test(folded),
    isDenial: denials > 0,
  };
}

/** How much a message says: a word spelled in letters weighs as much as a pair of characters. */
export function weightOf(form: MessageForm): number {
  return form.grams.length + WORD_WEIGHT * form.words.length + form.asks.length + form.numbers.length;
}

export const WORD_WEIGHT = 4;

function createReader() {
  const grams: number[] = [];
  const words: string[] = [];
  const numbers: string[] = [];
  const asks: string[] = [];
  let last = EDGE;
  let denials = 0;
  let digits = '';
  const pause = (): void => {
    if (last !== EDGE) grams.push(pairOf(last, EDGE));
    last = EDGE;
    if (digits !== '') numbers.push(digits);
    digits = '';
  };
  return {
    pause,
    ideograph(code: number): void {
      if (digits !== '') pause();
      if (HAN_DENIALS.has(code)) denials += 1;
      grams.push(code, pairOf(last, code));
      last = code;
    },
    numeral(char: string): void {
      if (digits === '') pause();
      digits += char;
    },
    number(written: string): void {
      pause();
      numbers.push(written);
    },
    word(word: string): void {
      pause();
      if (word === '') return;
      if (isAsk(word)) asks.push(word);
      else words.push(word);
      if (word === DENIAL) denials += 1;
    },
    end() {
      pause();
      return { grams, words, numbers, asks, denials };
    },
  };
}

type Reader = ReturnType<typeof createReader>;
/** 30 bits, above every single character; two pairs that share a number cost a hair of accuracy. */
function pairOf(first: number, second: number): number {
  return 0x10000 + ((Math.imul(first, 0x9e3b) ^ second) & 0x3fffffff);
}

const NOT = '不'.charCodeAt(0);
const NOT_HAD = '没'.charCodeAt(0);
const ONE = '一'.charCodeAt(0);

/** Reads one entry of the table, or one character; the position after it. */
function readIdeograph(text: string, at: number, reader: Reader): number {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  const isAsked = (next === NOT || next === NOT_HAD) && text.charCodeAt(at + 2) === code;
  if (isAsked) return at + 2; // 能不能 is 能, asked
  if (HAN_SPECIAL[code] === 0) {
    reader.ideograph(code);
    return at + 1;
  }
  const entry = entryAt(text, at, code);
  if (HAN_NUMERALS.has(code) && isNumeral(text, at, entry?.[0])) {
    reader.numeral(text.charAt(at));
    return at + 1;
  }
  if (!entry) {
    reader.ideograph(code);
    return at + 1;
  }
  const [from, to] = entry;
  if (to === '' || isAsk(to)) reader.word(to);
  else for (let i = 0; i < to.length; i += 1) reader.ideograph(to.charCodeAt(i));
  return at + from.length;
}

/** The longest entry that stands here. */
function entryAt(text: string, at: number, code: number): readonly [string, string] | undefined {
  const entries = HAN_TABLE.get(code);
  if (entries) for (const entry of entries) if (text.startsWith(entry[0], at)) return entry;
  return undefined;
}

const COUNTED = codesOf('月号日年点楼层期季');
const COUNTING = codesOf('第周期');
const WEEK = codesOf('周期拜');
const WEEKEND = codesOf('日天末');

/** 一 counts only beside a word that numbers things: 一月, 第一; elsewhere it is an article. 日 counts in 周日. */
function isNumeral(text: string, at: number, entry: string | undefined): boolean {
  const code = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  if (WEEKEND.has(code)) return WEEK.has(before);
  if (code !== ONE) return true;
  if (entry !== undefined && entry.length > 1) return false;
  const next = text.charCodeAt(at + 1);
  return COUNTED.has(next) || COUNTING.has(before) || HAN_NUMERALS.has(next);
}

function readSpelled(text: string, at: number, reader: Reader): number {
  const isNumber = isDigitCode(text.charCodeAt(at));
  const end = endOfWord(text, at, isNumber);
  const word = text.slice(at, end);
  if (isNumber) {
    reader.number(word);
    return end;
  }
  if (PAIR_STARTS.has(word) && text[end] === ' ') {
    const pairEnd = endOfWord(text, end + 1, false);
    const ask = WORD_TABLE.get(text.slice(at, pairEnd));
    if (ask !== undefined) {
      reader.word(ask);
      return pairEnd;
    }
  }
  if (word === ORIGIN && text[end] === ' ') return readOrigin(text, end + 1, reader);
  reader.word(WORD_TABLE.get(word) ?? word);
  return end;
}

const ORIGIN = 'from';

/** Where something starts from is another word than the same place as its end. */
function readOrigin(text: string, at: number, reader: Reader): number {
  const end = endOfWord(text, at, false);
  const word = text.slice(at, end);
  if (word !== '') reader.word(WORD_TABLE.get(word) ?? `${ORIGIN} ${word}`);
  return end;
}

/** Letters and digits part from each other, so that `iPhone15` reads as `iPhone 15`. */
function endOfWord(text: string, at: number, isNumber: boolean): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (!isWordCode(code) || isIdeographCode(code) || isDigitCode(code) !== isNumber) break;
    end += 1;
  }
  return end;
}
