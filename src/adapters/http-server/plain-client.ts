import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Client } from '../../ports/client.ts';
import { answerHead, closesConnection } from './answer-head.ts';
import { JOINED_BYTES, LAST_CHUNK, writeChunk } from './chunks.ts';
import type { PlainHead } from './request-head.ts';

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** What a request needs of the connection that it came over. */
export interface Line {
  readonly socket: Socket;
  wantBody(length: number, done: (body: Buffer) => void): void;
  /** The answer was written; `isLast`: nothing more is served on this connection. */
  onAnswered(isLast: boolean): void;
}

/** The `Client` port on a request that came plain. */
export class PlainClient implements Client {
  readonly method = 'POST';
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  isAnswered = false;
  /** All of the answer was written. */
  isComplete = false;
  readonly #line: Line;
  readonly #contentLength: number;
  #isLast = false;
  #onClose: (() => void) | null = null;

  constructor(line: Line, head: PlainHead) {
    this.#line = line;
    this.url = head.url;
    this.headers = head.headers;
    this.rawHeaders = head.rawHeaders;
    this.#contentLength = head.contentLength;
  }

  get isGone(): boolean {
    return this.#line.socket.destroyed;
  }

  readBody(maxBytes: number, done: (body: Buffer) => void, tooLarge: () => void): void {
    if (this.#contentLength > maxBytes) tooLarge();
    else this.#line.wantBody(this.#contentLength, done);
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    const { socket } = this.#line;
    const head = this.#headOf(status, headers, status === 204 ? '' : `Content-Length: ${body.length}\r\n`);
    if (body.length <= JOINED_BYTES) socket.write(head + body.toString('latin1'), 'latin1');
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
    this.#complete();
  }

  begin(status: number, headers: readonly string[], first: Buffer): boolean {
    return this.#send(this.#headOf(status, headers, CHUNKED), first);
  }

  write(chunk: Buffer): boolean {
    return chunk.length === 0 || this.#send('', chunk);
  }

  end(): void {
    this.#line.socket.write(LAST_CHUNK, 'latin1');
    this.#complete();
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  onDrain(listener: () => void): void {
    this.#line.socket.once('drain', listener);
  }

  destroy(): void {
    this.#line.socket.destroy();
  }

  /** The connection is free again, or gone. */
  onDone(): void {
    const listener = this.#onClose;
    this.#onClose = null;
    listener?.();
  }

  #headOf(status: number, headers: readonly string[], length: string): string {
    this.isAnswered = true;
    this.#isLast = closesConnection(headers);
    return answerHead(status, headers, this.#isLast ? length : `Connection: keep-alive\r\n${length}`);
  }

  #complete(): void {
    this.isComplete = true;
    this.#line.onAnswered(this.#isLast);
  }

  #send(head: string, chunk: Buffer): boolean {
    const { socket } = this.#line;
    if (chunk.length === 0) return socket.write(head, 'latin1');
    return writeChunk(socket, head, chunk);
  }
}
