import type { IncomingHttpHeaders } from 'node:http';

/** The head of a request. `node:http`'s IncomingMessage is one. */
export interface RequestHead {
  readonly method?: string | undefined;
  /** The target as sent: path and query. */
  readonly url?: string | undefined;
  /** By lower-case name; of most names that stand twice, the first. */
  readonly headers: IncomingHttpHeaders;
  /** Flat name, value list, as sent. */
  readonly rawHeaders: readonly string[];
}

/** One request of a client, and the way back to it. Its calls never throw. */
export interface Client extends RequestHead {
  /** True once an answer was begun. */
  readonly isAnswered: boolean;
  /** True once the connection is gone: nothing reaches the client any more. */
  readonly isGone: boolean;
  /**
   * Asks for the body, once. One of the two callbacks is called, once; neither when the client goes away first.
   * A body over the limit fails as soon as it is announced or reached, never after it was kept.
   */
  readBody(maxBytes: number, done: (body: Buffer) => void, tooLarge: () => void): void;
  /** Sends a whole answer; `Content-Length` is added. `headers`: flat name, value list. */
  answer(status: number, headers: readonly string[], body: Buffer): void;
  /** Begins an answer in parts with its first bytes. Returns false when the client should be waited for. */
  begin(status: number, headers: readonly string[], first: Buffer): boolean;
  /** Returns false when the client should be waited for. */
  write(chunk: Buffer): boolean;
  /** Ends an answer in parts. */
  end(): void;
  /** Calls back once, when the last byte has left or the client is gone. */
  onClose(listener: () => void): void;
  /** Calls back once, when the client has taken what was written. */
  onDrain(listener: () => void): void;
  /** Cuts the connection. */
  destroy(): void;
}

/** What a client may still send of a refused body, so that it lives to read the answer; then it is cut off. */
export const LINGER_BYTES = 64 * 1024 * 1024;
