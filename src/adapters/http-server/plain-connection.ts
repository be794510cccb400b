import type { Socket } from 'node:net';
import { type Client, LINGER_BYTES } from '../../ports/client.ts';
import { type Line, PlainClient } from './plain-client.ts';
import { MAX_HEAD_BYTES, mayBePlain, readPlainHead } from './request-head.ts';

/** Requests sent ahead of their turn are kept up to here; then the client has to wait. */
const MAX_AHEAD_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/** What a connection is served with. */
export interface Lane {
  /** True for the targets that are served here. */
  takes(url: string): boolean;
  serve(client: Client): void;
  /** Gives the connection away: the bytes come first, then all that its socket will read. */
  handOver(connection: PlainConnection, socket: Socket, bytes: Buffer): void;
  onGone(connection: PlainConnection): void;
}

/**
 * One connection of a client as long as its requests are plain, one after another. The first that is not goes to
 * `node:http`, with the connection and for good.
 */
export class PlainConnection implements Line {
  place = -1;
  /** What the client is waited for, since when; monotonic milliseconds. */
  waitsFor: 'request' | 'head' | 'body' | 'nothing' = 'request';
  sinceMs = performance.now();
  readonly socket: Socket;
  readonly #lane: Lane;
  /** Bytes of an unfinished head, or of requests that wait for their turn. */
  #ahead: Buffer = EMPTY;
  #client: PlainClient | null = null;
  /** Bytes of the present request's body that are still to come, and those that came. */
  #bodyLeft = 0;
  #body: Buffer[] = [];
  /** Who wants the body; without anybody it is let go. */
  #onBody: ((body: Buffer) => void) | null = null;

  constructor(socket: Socket, lane: Lane) {
    this.socket = socket;
    this.#lane = lane;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  destroy(): void {
    this.socket.destroy();
  }

  wantBody(length: number, done: (body: Buffer) => void): void {
    if (length === 0) done(EMPTY);
    else this.#onBody = done;
  }

  onAnswered(isLast: boolean): void {
    if (this.socket.writableLength === 0) this.#finish(isLast);
    else this.socket.write(EMPTY, () => this.#finish(isLast));
  }

  readonly #onData = (bytes: Buffer): void => {
    const rest = this.#bodyLeft > 0 ? this.#takeBody(bytes) : bytes;
    if (rest.length === 0) return;
    this.#ahead = this.#ahead.length === 0 ? rest : Buffer.concat([this.#ahead, rest]);
    if (this.#client === null && this.#bodyLeft === 0) this.#next();
    else if (this.#ahead.length > MAX_AHEAD_BYTES) this.socket.pause();
  };

  /** Begins with the request whose bytes are there, if its head is complete. */
  #next(): void {
    const bytes = this.#ahead;
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1 && mayBePlain(bytes)) {
      if (this.waitsFor !== 'head') this.#waitFor('head');
      return;
    }
    const head = end === -1 || end > MAX_HEAD_BYTES ? null : readPlainHead(bytes, end);
    if (head === null || head.contentLength > LINGER_BYTES || !this.#lane.takes(head.url)) {
      this.#giveAway();
      return;
    }
    this.#ahead = EMPTY;
    this.#bodyLeft = head.contentLength;
    this.#waitFor(head.contentLength > 0 ? 'body' : 'nothing');
    this.#client = new PlainClient(this, head);
    this.#lane.serve(this.#client);
    const rest = bytes.subarray(end + 4);
    if (rest.length > 0) this.#onData(rest);
  }

  /** Takes what belongs to the body; returns what comes behind it. */
  #takeBody(bytes: Buffer): Buffer {
    const isAll = bytes.length >= this.#bodyLeft;
    const part = bytes.length > this.#bodyLeft ? bytes.subarray(0, this.#bodyLeft) : bytes;
    this.#bodyLeft -= part.length;
    if (this.#onBody !== null) this.#body.push(part);
    if (isAll) this.#endBody();
    return isAll ? bytes.subarray(part.length) : EMPTY;
  }

  #endBody(): void {
    const parts = this.#body;
    const done = this.#onBody;
    this.#body = [];
    this.#onBody = null;
    this.#waitFor(this.#client === null ? 'request' : 'nothing');
    const only = parts[0];
    done?.(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts));
  }

  #finish(isLast: boolean): void {
    const client = this.#client;
    if (client === null) return;
    this.#client = null;
    this.#onBody = null; // an answer that came before the body's end: the rest of it is let go
    this.#body = [];
    if (this.#bodyLeft === 0) this.#waitFor('request');
    client.onDone();
    if (isLast) this.socket.end();
    else if (this.#ahead.length > 0 && this.#bodyLeft === 0) setImmediate(() => this.#goOn());
  }

  #goOn(): void {
    if (this.socket.destroyed || this.#client !== null) return;
    this.socket.resume();
    this.#next();
  }

  #giveAway(): void {
    const { socket } = this;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#lane.handOver(this, socket, this.#ahead);
  }

  #waitFor(what: PlainConnection['waitsFor']): void {
    this.waitsFor = what;
    this.sinceMs = performance.now();
  }

  /** A client that has closed its half does not listen either; what it was sent before may still leave. */
  readonly #onEnd = (): void => {
    if (this.#client === null || this.#client.isComplete) this.socket.end();
    else this.socket.destroy();
  };

  readonly #onError = (): void => {}; // `close` follows

  readonly #onClose = (): void => {
    this.#lane.onGone(this);
    const client = this.#client;
    this.#client = null;
    this.#onBody = null;
    client?.onDone();
  };
}
