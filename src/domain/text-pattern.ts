import { foldText, isIdeographCode, isWordCode, PAUSE } from './fold-text.ts';

/** Of a longer text the two ends are looked through: far beyond a model's answer to a question. */
const MAX_TEXT_CHARS = 100_000;

/**
 * A phrase as an operator writes it. Plain words (`refund`, `查订单`) are found anywhere, as whole words where the
 * script has words. `*` stands for any text, and then the pattern covers the whole: `*refund*` also finds `refunds`.
 * Nothing else is special; spelling is folded on both sides.
 */
export interface TextPattern {
  readonly source: string;
  /** In this order, folded. */
  readonly pieces: readonly string[];
  readonly freeStart: boolean;
  readonly freeEnd: boolean;
  readonly isGlob: boolean;
}

/** Half-open range of a folded text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Null for a pattern without a letter or digit: it would say nothing, or everything. */
export function compilePattern(source: string): TextPattern | null {
  const pieces = source
    .split('*')
    .map(flatText)
    .filter((piece) => piece !== '');
  if (pieces.length === 0) return null;
  return {
    source,
    pieces,
    freeStart: source.startsWith('*'),
    freeEnd: source.endsWith('*'),
    isGlob: source.includes('*'),
  };
}

export function compilePatterns(sources: readonly string[]): TextPattern[] {
  return sources.map(compilePattern).filter((pattern) => pattern !== null);
}

/** Folded, with its clauses in one line: patterns do not care where somebody pauses. */
export function flatText(text: string): string {
  return foldText(text, MAX_TEXT_CHARS).replaceAll(PAUSE, ' ');
}

/** `flat` comes from `flatText`. */
export function matchesPattern(pattern: TextPattern, flat: string): boolean {
  if (!pattern.isGlob) return findPattern(pattern, flat) !== null;
  const { pieces, freeStart, freeEnd } = pattern;
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!freeStart && !flat.startsWith(first)) return false;
  if (!freeEnd && !flat.endsWith(last)) return false;
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    const isBoundEnd = i === pieces.length - 1 && !freeEnd;
    const found = isBoundEnd ? flat.length - piece.length : flat.indexOf(piece, at);
    if (found < at) return false;
    at = found + piece.length;
  }
  return true;
}

/** Where the pieces stand, in order, wherever that is; null where they do not. Plain patterns match whole words only. */
export function findPattern(pattern: TextPattern, folded: string): Span | null {
  const { pieces, isGlob } = pattern;
  let start = -1;
  let end = 0;
  for (const piece of pieces) {
    const at = isGlob ? folded.indexOf(piece, end) : indexOfWords(folded, piece, end);
    if (at < 0) return null;
    if (start < 0) start = at;
    end = at + piece.length;
  }
  return { start, end };
}

function indexOfWords(text: string, words: string, from: number): number {
  for (let at = text.indexOf(words, from); at >= 0; at = text.indexOf(words, at + 1)) {
    if (isEdge(text, at) && isEdge(text, at + words.length)) return at;
  }
  return -1;
}

/** False in the middle of a word. Ideographs have no words to be in the middle of. */
function isEdge(text: string, at: number): boolean {
  return !(isSpelled(text.charCodeAt(at - 1)) && isSpelled(text.charCodeAt(at)));
}

function isSpelled(code: number): boolean {
  return isWordCode(code) && !isIdeographCode(code);
}
