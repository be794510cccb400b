import { type ResponseHead, readResponseHead } from './response-head.ts';

const LF = 0x0a;
const CR = 0x0d;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const HEAD_END = Buffer.from('\r\n\r\n');
const BEGINNING = 'HTTP/1.';
/** Extensions of one chunk, or all trailers: nothing that a model server sends comes near it. */
const MAX_EXTRA_BYTES = 8 * 1024;
/** A chunk of more than 16 digits of length is an attack, eight are 4 GiB. */
const MAX_SIZE_DIGITS = 8;

/** Hears what is in the bytes of one connection. */
export interface ResponseListener {
  onHead(head: ResponseHead): void;
  /** A part of the body: all that one read brought, in one piece. */
  onBody(bytes: Buffer): void;
  /** `isReusable`: the connection may carry another request. */
  onEnd(isReusable: boolean): void;
  /** This is not HTTP, or not within the limits; nothing more will be heard. */
  onBad(message: string): void;
}

type State =
  | 'head'
  | 'length' // a body of known length
  | 'close' // a body that ends with the connection
  | 'size' // the length of a chunk
  | 'extension' // what may follow it on its line
  | 'chunk'
  | 'chunk_end' // CR LF behind a chunk
  | 'trailer'
  | 'done';

/**
 * Reads one HTTP/1.1 response, however its bytes are cut. Strict where leniency would let two readers disagree about
 * where an answer ends: one length, or chunks, never both; CR LF everywhere.
 */
export class ResponseParser {
  readonly #listener: ResponseListener;
  readonly #maxHeadBytes: number;
  #state: State = 'head';
  /** An unfinished head. */
  #partial: Buffer | null = null;
  /** Bytes of the body or chunk that are still to come; in `extension` and `trailer`, those seen so far. */
  #count = 0;
  #digits = 0;
  #lastByte = 0;
  #lineBytes = 0;
  #keepsAlive = false;

  constructor(listener: ResponseListener, maxHeadBytes: number) {
    this.#listener = listener;
    this.#maxHeadBytes = maxHeadBytes;
  }

  /** Takes what one read brought. The bytes must stay as they are: parts of them are handed on. */
  push(bytes: Buffer): void {
    const body: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'head') at = this.#readHead(bytes, at);
      else if (this.#state === 'length' || this.#state === 'chunk') at = this.#readBody(bytes, at, body);
      else if (this.#state === 'close') {
        body.push(at === 0 ? bytes : bytes.subarray(at));
        at = bytes.length;
      } else at = this.#readFraming(bytes, at);
      if (at === -1) return;
    }
    const only = body[0];
    if (only !== undefined) this.#listener.onBody(body.length === 1 ? only : Buffer.concat(body));
    // What comes behind the end answers nothing that was asked.
    if (this.#state === 'done') this.#listener.onEnd(this.#keepsAlive && at === bytes.length);
  }

  /** The other side has closed. Says whether that was the end of a response. */
  finish(): boolean {
    if (this.#state !== 'close') return this.#state === 'done';
    this.#state = 'done';
    this.#listener.onEnd(false);
    return true;
  }

  #readHead(bytes: Buffer, from: number): number {
    const { head, next } = this.#takeHead(bytes, from);
    if (head === null) return next;
    const read = readResponseHead(head);
    if (typeof read === 'string') return this.#bad(read);
    if (read.status < 200) return next; // an interim answer; the real one follows
    this.#keepsAlive = read.keepsAlive;
    this.#count = read.length ?? 0;
    this.#digits = 0;
    if (read.isChunked) this.#state = 'size';
    else if (read.length === null) this.#state = 'close';
    else this.#state = read.length === 0 ? 'done' : 'length';
    this.#listener.onHead(read);
    return next;
  }

  /** The text up to the blank line, once it is there. */
  #takeHead(bytes: Buffer, from: number): { head: string | null; next: number } {
    const kept = this.#partial;
    const all = kept === null ? bytes : Buffer.concat([kept, bytes.subarray(from)]);
    const start = kept === null ? from : 0;
    const end = all.indexOf(HEAD_END, start);
    if ((end === -1 ? all.length : end) - start > this.#maxHeadBytes) {
      return { head: null, next: this.#bad(`its headers are larger than ${this.#maxHeadBytes} bytes`) };
    }
    if (end === -1) {
      const begun = all.toString('latin1', start, start + BEGINNING.length);
      if (!BEGINNING.startsWith(begun))
        return { head: null, next: this.#bad('it does not begin like HTTP/1.1') };
      this.#partial = Buffer.from(all.subarray(start));
      return { head: null, next: bytes.length };
    }
    this.#partial = null;
    const taken = end + HEAD_END.length - (kept?.length ?? 0);
    return { head: all.toString('latin1', start, end), next: taken };
  }

  #readBody(bytes: Buffer, from: number, body: Buffer[]): number {
    const to = Math.min(bytes.length, from + this.#count);
    body.push(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    this.#count -= to - from;
    if (this.#count === 0) {
      this.#lastByte = 0;
      this.#state = this.#state === 'length' ? 'done' : 'chunk_end';
    }
    return to;
  }

  /** What stands between chunks, byte by byte. */
  #readFraming(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      at += 1;
      const problem = this.#frame(byte);
      if (problem !== null) return this.#bad(problem);
      if (this.#state === 'chunk' || this.#state === 'done') break;
    }
    return at;
  }

  #frame(byte: number): string | null {
    const last = this.#lastByte;
    this.#lastByte = byte;
    if (byte === LF && last !== CR) return 'a line in its chunks does not end with CR LF';
    if (last === CR && byte !== LF) return 'a line in its chunks holds a lone CR';
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte);
      case 'extension':
        if (byte === LF) this.#beginChunk();
        return this.#extra(byte);
      case 'chunk_end':
        if (byte === LF) this.#beginSize();
        return byte === LF || byte === CR ? null : 'a chunk is longer than it said';
      default: // trailer: lines up to an empty one
        if (byte === LF && this.#lineBytes === 0) this.#state = 'done';
        else if (byte === LF) this.#lineBytes = 0;
        else if (byte !== CR) this.#lineBytes += 1;
        return this.#extra(byte);
    }
  }

  #sizeByte(byte: number): string | null {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      this.#digits += 1;
      this.#count = this.#count * 16 + digit;
      return this.#digits > MAX_SIZE_DIGITS ? 'the length of a chunk has too many digits' : null;
    }
    if (this.#digits === 0) return 'a chunk does not begin with its length';
    if (byte === LF) this.#beginChunk();
    else if (byte === SEMICOLON || byte === SPACE) {
      this.#state = 'extension';
      this.#digits = 0;
    } else if (byte !== CR) return 'the length of a chunk is not a number';
    return null;
  }

  #extra(_byte: number): string | null {
    this.#digits += 1; // counts the bytes of extensions and trailers, which have no digits
    return this.#digits > MAX_EXTRA_BYTES ? 'its chunk extensions or trailers are too long' : null;
  }

  #beginSize(): void {
    this.#state = 'size';
    this.#count = 0;
    this.#digits = 0;
  }

  #beginChunk(): void {
    this.#state = this.#count === 0 ? 'trailer' : 'chunk';
    this.#digits = 0;
    this.#lineBytes = 0;
  }

  #bad(message: string): -1 {
    this.#state = 'done';
    this.#listener.onBad(message);
    return -1;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
