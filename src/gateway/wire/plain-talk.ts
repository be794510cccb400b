import type { LongText } from './json-scan.ts';

const QUOTE = 0x22;
const SPACE = 0x20;
const ROLES = ['user', 'assistant', 'system', 'developer', 'tool'] as const;
const QUOTED_ROLES = ROLES.map((role) => `"${role}"`);
/** A text without escapes of which Latin-1 and UTF-8 tell the same; its first character is no stand-in's mark. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

interface PlainMessage {
  readonly role: string;
  readonly content: string;
}

/** A JSON text, UTF-8 read as Latin-1, and the texts that were cut out of it, in written order. */
interface TalkSource {
  readonly latin: string;
  readonly cuts: readonly LongText[];
  /** What stands for a text that was cut out. */
  standIn(index: number): string;
}

/**
 * Reads a list of messages that are no more than a role and a text each, as most are, in a third of the parser's time.
 * `open` is the list's bracket, `end` the offset behind it. Null for a list of any other form, be it JSON or not, and
 * for one whose short texts need decoding: those are left to the parser.
 */
export function readPlainTalk(source: TalkSource, open: number, end: number): PlainMessage[] | null {
  const cursor = new Cursor(source, open);
  const messages: PlainMessage[] = [];
  if (!cursor.take('[')) return null;
  do {
    const message = cursor.message();
    if (message === null) return null;
    messages.push(message);
  } while (cursor.take(','));
  return cursor.take(']') && cursor.at === end ? messages : null;
}

class Cursor {
  readonly #source: TalkSource;
  readonly #latin: string;
  #nextCut: number;
  at: number;

  constructor(source: TalkSource, at: number) {
    this.#source = source;
    this.#latin = source.latin;
    this.#nextCut = source.cuts.findIndex(({ start }) => start > at);
    this.at = at;
  }

  /** Goes over spaces and the mark; stays where it is when another one stands there. */
  take(mark: string): boolean {
    const latin = this.#latin;
    let { at } = this;
    while (latin.charCodeAt(at) === SPACE) at += 1;
    for (let i = 0; i < mark.length; i += 1)
      if (latin.charCodeAt(at + i) !== mark.charCodeAt(i)) return false;
    this.at = at + mark.length;
    return true;
  }

  message(): PlainMessage | null {
    if (!this.take('{')) return null;
    if (this.take('"role"')) {
      const role = this.#role();
      const content = role !== null && this.take(',') && this.take('"content"') ? this.#content() : null;
      return role !== null && content !== null && this.take('}') ? { role, content } : null;
    }
    const content = this.take('"content"') ? this.#content() : null;
    const role = content !== null && this.take(',') && this.take('"role"') ? this.#role() : null;
    return role !== null && content !== null && this.take('}') ? { role, content } : null;
  }

  #role(): string | null {
    if (!this.take(':')) return null;
    return ROLES[QUOTED_ROLES.findIndex((quoted) => this.take(quoted))] ?? null;
  }

  #content(): string | null {
    if (!this.take(':')) return null;
    const latin = this.#latin;
    while (latin.charCodeAt(this.at) === SPACE) this.at += 1;
    const cut = this.#source.cuts[this.#nextCut];
    if (cut?.start === this.at) {
      this.at = cut.end;
      this.#nextCut += 1;
      return this.#source.standIn(this.#nextCut - 1);
    }
    if (latin.charCodeAt(this.at) !== QUOTE) return null;
    const close = latin.indexOf('"', this.at + 1);
    const text = latin.slice(this.at + 1, close);
    this.at = close + 1;
    return close !== -1 && PLAIN_TEXT.test(text) ? text : null;
  }
}
