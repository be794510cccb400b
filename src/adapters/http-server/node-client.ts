import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Client, LINGER_BYTES } from '../../ports/client.ts';
import { JOINED_BYTES, LAST_CHUNK, writeChunk } from './chunks.ts';

/** The `Client` port on a request of `node:http`. */
export class NodeClient implements Client {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  #isChunked = false;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#req = req;
    this.#res = res;
  }

  get method(): string | undefined {
    return this.#req.method;
  }

  get url(): string | undefined {
    return this.#req.url;
  }

  get headers(): IncomingHttpHeaders {
    return this.#req.headers;
  }

  get rawHeaders(): readonly string[] {
    return this.#req.rawHeaders;
  }

  get isAnswered(): boolean {
    return this.#res.headersSent;
  }

  get isGone(): boolean {
    return this.#res.destroyed;
  }

  readBody(maxBytes: number, done: (body: Buffer) => void, tooLarge: () => void): void {
    const req = this.#req;
    let chunks: Buffer[] = [];
    let size = 0;
    let isRefused = false;
    const refuse = (): void => {
      isRefused = true;
      chunks = [];
      tooLarge();
    };
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (isRefused) {
        if (size > LINGER_BYTES) req.destroy();
      } else if (size > maxBytes) refuse();
      else chunks.push(chunk);
    });
    req.on('end', () => {
      if (isRefused) return;
      const only = chunks[0];
      done(chunks.length === 1 && only ? only : Buffer.concat(chunks));
      chunks = [];
    });
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) refuse();
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    const res = this.#res;
    res.writeHead(
      status,
      status === 204 ? [...headers] : [...headers, 'Content-Length', String(body.length)],
    );
    // As text of one byte a character a short body joins its head in one write; as a buffer it would be a second part.
    if (body.length <= JOINED_BYTES) res.end(body.toString('latin1'), 'latin1');
    else res.end(body);
  }

  begin(status: number, headers: readonly string[], first: Buffer): boolean {
    const res = this.#res;
    res.cork();
    res.writeHead(status, [...headers]);
    // Node would hand each chunk to the socket as four writes and a scheduled flush.
    this.#isChunked = res.chunkedEncoding; // not so for a client that speaks HTTP/1.0
    res.chunkedEncoding = false;
    const isClear = this.write(first);
    res.uncork();
    return isClear;
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    const res = this.#res;
    if (!this.#isChunked) return res.write(chunk);
    return writeChunk(res, '', chunk);
  }

  end(): void {
    if (this.#isChunked) this.#res.end(LAST_CHUNK, 'latin1');
    else this.#res.end();
  }

  onClose(listener: () => void): void {
    this.#res.on('close', listener);
  }

  onDrain(listener: () => void): void {
    this.#res.once('drain', listener);
  }

  destroy(): void {
    this.#res.destroy();
  }
}
