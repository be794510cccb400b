import { connect, type Socket } from 'node:net';

/** An answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; of a header sent twice, the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without the chunked encoding. */
  readonly body: Buffer;
  /** False when the connection ended before the body did. */
  readonly whole: boolean;
}

/** A connection on which exact bytes are sent and received. */
export interface RawClient {
  readonly socket: Socket;
  send(bytes: string | Buffer): void;
  /** Resolves when what has come so far satisfies `test`; rejects when the connection ends first. */
  until(test: (received: Buffer) => boolean): Promise<Buffer>;
  /** The answer, when it is whole or the connection is over. */
  answer(): Promise<RawAnswer>;
  /** Leaves at once, as a client that is switched off. */
  destroy(): void;
}

const BREAK = Buffer.from('\r\n\r\n');

export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const chunks: Buffer[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const wake = (): void => {
    for (const check of waiting) check();
  };
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    wake();
  });
  // A reset is an end like any other here: `whole` and `until` tell it.
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    wake();
  });
  const until: RawClient['until'] = (test) =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const received = Buffer.concat(chunks);
        if (test(received)) {
          waiting.delete(check);
          resolve(received);
        } else if (ended) {
          waiting.delete(check);
          reject(new Error(`the connection ended after ${JSON.stringify(received.toString())}`));
        }
      };
      waiting.add(check);
      check();
    });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    until,
    answer: async () => parseAnswer(await until((received) => ended || parseAnswer(received).whole)),
    destroy: () => socket.destroy(),
  };
}

/** Sends exact bytes on a connection of its own and gives the answer to them. */
export async function rawExchange(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const client = await openRaw(port);
  client.send(bytes);
  try {
    return await client.answer();
  } finally {
    client.destroy();
  }
}

export interface RawRequest {
  readonly path: string;
  readonly body: string | Buffer;
  /** Header lines without `Host` and `Content-Length`. */
  readonly headers?: readonly string[];
  readonly host?: string;
}

/** The bytes of a POST. */
export function rawPost({ path, body, headers = [], host = '127.0.0.1' }: RawRequest): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`POST ${path} HTTP/1.1`, `Host: ${host}`, ...headers, `Content-Length: ${bytes.length}`];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

function parseAnswer(received: Buffer): RawAnswer {
  const split = received.indexOf(BREAK);
  if (split === -1) return { status: 0, headers: new Map(), body: Buffer.alloc(0), whole: false };
  const [first = '', ...lines] = received.toString('latin1', 0, split).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const rest = received.subarray(split + BREAK.length);
  const status = Number(first.split(' ')[1]);
  if (headers.get('transfer-encoding') === 'chunked') return { status, headers, ...dechunk(rest) };
  const length = Number(headers.get('content-length') ?? 0);
  return { status, headers, body: rest.subarray(0, length), whole: rest.length >= length };
}

function dechunk(bytes: Buffer): { body: Buffer; whole: boolean } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return { body: Buffer.concat(parts), whole: false };
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (size === 0) return { body: Buffer.concat(parts), whole: bytes.length >= start + 2 };
    parts.push(bytes.subarray(start, start + size));
    if (bytes.length < start + size + 2) return { body: Buffer.concat(parts), whole: false };
    at = start + size + 2;
  }
}
