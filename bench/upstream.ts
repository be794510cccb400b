import { createServer, type Server, type Socket } from 'node:net';
import { SCRIPTS, type Script } from './answers.ts';
import { answerCommands } from './worker.ts';

/** How streamed answers are spaced; in force for streams that begin afterwards. */
export interface StreamPlan {
  readonly chunks: number;
  readonly intervalMs: number;
}

export interface UpstreamCommands {
  listen(ports: readonly number[]): Promise<null>;
  plan(plan: StreamPlan): Promise<null>;
}

interface Stream {
  readonly socket: Socket;
  readonly chunk: Buffer;
  readonly last: Buffer;
  readonly slot: Set<Stream>;
  left: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const STREAM_TRUE = Buffer.from('"stream":true');
/** Ample for the bench's largest body; anything bigger is a bug of the bench. */
const MAX_REQUEST_BYTES = 1024 * 1024;

let plan: StreamPlan = { chunks: 1, intervalMs: 1 };
/** One slot a millisecond of the interval: streams are spread over it, as tokens of many users are. */
let wheel: Set<Stream>[] = [];
let nextSlot = 0;
let turnedAt = 0;

const responses = new Map<Script, { whole: Buffer; head: Buffer; chunk: Buffer; last: Buffer }>(
  Object.values(SCRIPTS).map((script) => [
    script,
    {
      whole: Buffer.concat([
        Buffer.from(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${script.whole.length}\r\n\r\n`,
        ),
        script.whole,
      ]),
      head: Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Type: ${script.contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ),
      chunk: frame(script.chunk),
      last: Buffer.concat([frame(script.last), Buffer.from('0\r\n\r\n')]),
    },
  ]),
);

function frame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${payload.length.toString(16)}\r\n`), payload, Buffer.from('\r\n')]);
}

/** A model server reduced to sockets and prebuilt bytes, so that it leaves the machine to the gateways. */
function createModelServer(): Server {
  return createServer({ noDelay: true }, (socket) => {
    let pending: Buffer | null = null;
    let stream: Stream | null = null;
    socket.on('data', (data) => {
      const all = pending ? Buffer.concat([pending, data]) : data;
      const length = requestLength(all);
      if (all.length > MAX_REQUEST_BYTES) {
        socket.destroy();
        return;
      }
      pending = length === null || all.length < length ? all : null;
      if (pending) return;
      stream = answer(socket, all);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      stream?.slot.delete(stream);
    });
  });
}

/** Whole length of the request that begins in `data`, or null while its head is incomplete. */
function requestLength(data: Buffer): number | null {
  const end = data.indexOf(HEAD_END);
  if (end === -1) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(data.toString('latin1', 0, end + 2));
  return end + 4 + Number(length?.[1] ?? 0);
}

function answer(socket: Socket, request: Buffer): Stream | null {
  const script = request.toString('latin1', 0, 20).includes('/api/') ? SCRIPTS.ollama : SCRIPTS.openai;
  const bytes = responses.get(script);
  if (!bytes) return null;
  if (!request.includes(STREAM_TRUE)) {
    socket.write(bytes.whole);
    return null;
  }
  socket.write(Buffer.concat([bytes.head, bytes.chunk]));
  nextSlot = (nextSlot + 1) % wheel.length;
  const slot = wheel[nextSlot] ?? new Set();
  const stream: Stream = { socket, chunk: bytes.chunk, last: bytes.last, slot, left: plan.chunks - 1 };
  slot.add(stream);
  return stream;
}

/** Turns the wheel to the present; a late timer catches up, but gives no stream two chunks at once. */
function turn(): void {
  const now = Math.floor(performance.now());
  const slots = Math.min(now - turnedAt, wheel.length);
  for (let at = now - slots + 1; at <= now; at++) {
    for (const stream of wheel[at % wheel.length] ?? []) {
      if (stream.left-- > 0) stream.socket.write(stream.chunk);
      else {
        stream.slot.delete(stream);
        stream.socket.write(stream.last);
      }
    }
  }
  turnedAt = now;
}

answerCommands<UpstreamCommands>({
  async listen(ports) {
    for (const port of ports) {
      await new Promise<void>((resolve) => createModelServer().listen(port, '127.0.0.1', 4096, resolve));
    }
    setInterval(turn, 1);
    return null;
  },
  async plan(next) {
    plan = next;
    wheel = Array.from({ length: next.intervalMs }, () => new Set<Stream>());
    turnedAt = Math.floor(performance.now());
    return null;
  },
});
