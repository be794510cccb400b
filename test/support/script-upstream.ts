import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** One request that reached the scripted model server. */
export interface ScriptRequest {
  readonly path: string;
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** When the connection was gone (`performance.now()`). */
  readonly closed: Promise<number>;
}

/** A model server that sends exact bytes at exact boundaries, and sees its connections close. */
export interface ScriptUpstream {
  readonly url: string;
  /** Requests so far. */
  readonly count: number;
  /** What becomes of the next requests. */
  play(script: (request: ScriptRequest) => void | Promise<void>): void;
  /** The next request that arrives. */
  next(): Promise<ScriptRequest>;
  close(): Promise<void>;
}

/** Starts it on a free port. It takes `Content-Length` bodies and keep-alive connections, as Sluice sends them. */
export async function startScriptUpstream(): Promise<ScriptUpstream> {
  const sockets = new Set<Socket>();
  let script: (request: ScriptRequest) => void | Promise<void> = () => {};
  let waiting: ((request: ScriptRequest) => void)[] = [];
  let count = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const closed = new Promise<number>((resolve) => {
      socket.once('close', () => {
        sockets.delete(socket);
        resolve(performance.now());
      });
    });
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (;;) {
        const split = received.indexOf('\r\n\r\n');
        if (split === -1) return;
        const head = received.toString('latin1', 0, split);
        const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        if (received.length < split + 4 + length) return;
        const body = received.toString('utf8', split + 4, split + 4 + length);
        received = received.subarray(split + 4 + length);
        const request = { path: head.split(' ')[1] ?? '', head, body, socket, closed };
        count += 1;
        for (const resolve of waiting) resolve(request);
        waiting = [];
        void script(request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get count() {
      return count;
    },
    play(next) {
      script = next;
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const NDJSON = 'application/x-ndjson';
export const SSE = 'text/event-stream';

/** Head of an answer whose length is not known. */
export function chunkedHead(contentType: string, status = 200): string {
  return `HTTP/1.1 ${status} OK\r\nContent-Type: ${contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`;
}

/** Head and body of an answer whose length is known. */
export function wholeAnswer(contentType: string, body: string, status = 200): string {
  return `HTTP/1.1 ${status} OK\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** One piece as one HTTP chunk: the receiver's parser gives it out by itself, however TCP glues the bytes. */
export function httpChunk(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
}

export const LAST_CHUNK = '0\r\n\r\n';

/** Cuts bytes at the given offsets. Empty pieces are left out: an empty HTTP chunk would end the answer. */
export function cut(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const sorted = [0, ...offsets.toSorted((a, b) => a - b), bytes.length];
  return sorted
    .slice(1)
    .map((end, i) => bytes.subarray(sorted[i], end))
    .filter((piece) => piece.length > 0);
}

/** Plays a whole streamed answer, one HTTP chunk a piece; a turn of the event loop lies between the pieces. */
export async function playPieces(
  socket: Socket,
  contentType: string,
  pieces: readonly Buffer[],
): Promise<void> {
  socket.write(chunkedHead(contentType));
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(httpChunk(piece));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write(LAST_CHUNK);
}
