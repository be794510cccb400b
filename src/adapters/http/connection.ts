import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Turn } from '../../ports/turn.ts';
import type { UpstreamFailure } from '../../ports/upstream.ts';
import { failureOf } from './failure.ts';
import type { ResponseHead } from './response-head.ts';
import { type ResponseListener, ResponseParser } from './response-parser.ts';

const MAX_HEAD_BYTES = 32 * 1024;
/** Up to here the body, or how it begins, is copied behind the head: a buffer more costs more than that. */
const COPY_BYTES = 16 * 1024;
/** Every read lands here and is copied out before the next: no connection holds a buffer of its own. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Where a connection leads. */
export interface Address {
  readonly turn: Turn;
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly connectTimeoutMs: number;
}

/** Hears of one request on a connection. */
export interface ConnectionUser {
  onHead(head: ResponseHead): void;
  onBody(bytes: Buffer): void;
  onEnd(): void;
  onFail(kind: UpstreamFailure, message: string): void;
}

/** One TCP or TLS connection to a model server, which carries one request at a time. */
export class Connection implements ResponseListener {
  /** Requests that were answered over it. */
  answered = 0;
  idleSinceMs = 0;
  readonly #turn: Turn;
  readonly #socket: Socket;
  readonly #onIdle: (connection: Connection) => void;
  readonly #onGone: (connection: Connection) => void;
  #user: ConnectionUser | null = null;
  #parser: ResponseParser | null = null;
  #connectTimer: NodeJS.Timeout | null;
  #isGone = false;

  /** `onIdle`: it may carry another request. `onGone`: it never will again. */
  constructor(
    address: Address,
    on: { onIdle: (connection: Connection) => void; onGone: (connection: Connection) => void },
  ) {
    this.#turn = address.turn;
    this.#onIdle = on.onIdle;
    this.#onGone = on.onGone;
    const { host, port, isTls, connectTimeoutMs } = address;
    if (isTls) {
      const name = isIP(host) === 0 ? { servername: host } : {}; // an address is no name to ask a certificate for
      this.#socket = connectTls({ host, port, ...name }).setNoDelay(true);
      this.#socket.on('data', (bytes: Buffer) => this.#onRead(bytes));
    } else {
      const callback = (size: number): boolean => {
        this.#onRead(Buffer.from(READ_BUFFER.subarray(0, size)));
        return true;
      };
      this.#socket = connectTcp({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        onread: { buffer: READ_BUFFER, callback },
      });
    }
    const giveUp = (): void => this.#leave('timeout_connect', 'no answer');
    this.#connectTimer = setTimeout(giveUp, connectTimeoutMs);
    this.#socket.on(isTls ? 'secureConnect' : 'connect', () => this.#stopTimer());
    this.#socket.on('error', (error) =>
      this.#leave(failureOf(error, this.#connectTimer !== null), error.message),
    );
    this.#socket.on('end', () => this.#onClosed());
    this.#socket.on('close', () => this.#onClosed());
  }

  /** Sends a request, whose head ends with its blank line. The connection must be fresh or idle. */
  send(head: string, body: readonly Buffer[] | null, user: ConnectionUser): void {
    this.#user = user;
    this.#parser = new ResponseParser(this, MAX_HEAD_BYTES);
    this.#turn.atEnd(() => {
      if (!this.#isGone) this.#write(head, body);
    });
  }

  #write(head: string, body: readonly Buffer[] | null): void {
    const socket = this.#socket;
    const { first, rest } = joinBeginning(head, body ?? []);
    if (rest.length === 0) {
      socket.write(first);
      return;
    }
    socket.cork(); // one system call for all
    for (const piece of [first, ...rest]) socket.write(piece);
    socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes at once; its user hears nothing more. */
  destroy(): void {
    this.#user = null;
    this.#leave('connection_reset', '');
  }

  onHead(head: ResponseHead): void {
    this.#user?.onHead(head);
  }

  onBody(bytes: Buffer): void {
    this.#user?.onBody(bytes);
  }

  onEnd(isReusable: boolean): void {
    const user = this.#user;
    this.#user = null;
    this.#parser = null;
    this.answered += 1;
    // An answer that came before all of the request had left: the rest would be read as the next one.
    if (isReusable && !this.#isGone && this.#socket.writableLength === 0) this.#onIdle(this);
    else this.#leave('connection_reset', '');
    user?.onEnd();
  }

  onBad(message: string): void {
    this.#leave('invalid_response', message);
  }

  #onRead(bytes: Buffer): void {
    if (this.#parser !== null) this.#parser.push(bytes);
    else this.#leave('connection_reset', 'it spoke without being asked');
  }

  #onClosed(): void {
    if (this.#isGone || this.#parser?.finish() === true) return;
    this.#leave('connection_reset', 'the model server closed it');
  }

  #leave(kind: UpstreamFailure, message: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#stopTimer();
    this.#socket.destroy();
    this.#onGone(this);
    const user = this.#user;
    this.#user = null;
    user?.onFail(kind, message);
  }

  #stopTimer(): void {
    if (this.#connectTimer !== null) clearTimeout(this.#connectTimer);
    this.#connectTimer = null;
  }
}

/** The head and as many of the first pieces as are small, in one buffer; and the other pieces. */
function joinBeginning(head: string, pieces: readonly Buffer[]): { first: Buffer; rest: readonly Buffer[] } {
  let bytes = 0;
  let count = 0;
  for (const piece of pieces) {
    if (bytes + piece.length > COPY_BYTES) break;
    bytes += piece.length;
    count += 1;
  }
  const first = Buffer.allocUnsafe(head.length + bytes);
  let at = first.write(head, 0, 'latin1');
  for (let i = 0; i < count; i += 1) at += pieces[i]?.copy(first, at) ?? 0;
  return { first, rest: pieces.slice(count) };
}
