import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type BenchProtocol,
  type BenchSettings,
  contentFrame,
  DEFAULTS,
  endFrames,
  readPath,
  wholeBody,
} from './bench-settings.ts';
import { createRequestCutter, type RawRequest } from './http-requests.ts';
import { createStreamWheel, type StreamWheel } from './stream-wheel.ts';

export interface BenchStats {
  /** Streams that run now. */
  open: number;
  requests: number;
  /** Streams whose client left before the end. */
  aborted: number;
  /** Bytes of answers handed to sockets. */
  bytesSent: number;
}

export interface BenchServer {
  readonly url: string;
  readonly port: number;
  stats(): Readonly<BenchStats>;
  close(): Promise<void>;
}

export type BenchServerOptions = Partial<BenchSettings> & { readonly host?: string; readonly port?: number };

/** Frames of a flood are large, so that the socket is the limit and not the loop that fills it. */
const FLOOD_FRAME_BYTES = 64 * 1024;
/** Prepared answers, one for each distinct setting; beyond it the oldest is made anew. */
const MAX_PREPARED = 64;

interface Prepared {
  readonly whole: Buffer;
  readonly head: Buffer;
  readonly chunk: Buffer;
  readonly end: Buffer;
}

/**
 * The cheapest upstream that a benchmark can have: fixed bytes, no JSON, no `node:http`, one timer for all streams.
 * Whole answers and streams for `/api/chat` and `/v1/chat/completions`; `GET /stats` shows its counters.
 */
export async function startBenchServer(options: BenchServerOptions = {}): Promise<BenchServer> {
  const { host = '127.0.0.1', port = 0, ...given } = options;
  const defaults = { ...DEFAULTS, ...given };
  const stats: BenchStats = { open: 0, requests: 0, aborted: 0, bytesSent: 0 };
  const wheel = createStreamWheel();
  const sockets = new Set<Socket>();
  const prepared = new Map<string, Prepared>();

  const answer = (socket: Socket, request: RawRequest): void => {
    const asked = readPath(request.path, defaults);
    if (!asked) {
      sendPlain(socket, request.path, stats);
      return;
    }
    stats.requests++;
    const { protocol, settings } = asked;
    const bytes = prepare(prepared, protocol, settings);
    if (!wantsStream(request.body, protocol)) {
      stats.bytesSent += bytes.whole.length;
      socket.write(bytes.whole);
    } else if (settings.floodBytes > 0) flood(socket, { bytes, total: settings.floodBytes, stats });
    else stream(socket, { bytes, settings, stats, wheel });
  };

  const server = createServer({ noDelay: true }, (socket) => {
    const cutter = createRequestCutter();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A reset by the peer is what an aborting client does; `close` follows and counts it.
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      try {
        for (const request of cutter.push(data)) answer(socket, request);
      } catch {
        socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4096 }, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    stats: () => ({ ...stats }),
    close: () =>
      new Promise((resolve) => {
        wheel.stop();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function stream(
  socket: Socket,
  {
    bytes,
    settings,
    stats,
    wheel,
  }: { bytes: Prepared; settings: BenchSettings; stats: BenchStats; wheel: StreamWheel },
): void {
  let left = settings.chunks;
  const finish = track(socket, stats);
  const send = (data: Buffer): void => {
    stats.bytesSent += data.length;
    socket.write(data);
  };
  send(bytes.head);
  if (settings.intervalMs === 0) {
    send(Buffer.concat([...Array<Buffer>(left).fill(bytes.chunk), bytes.end]));
    finish();
    return;
  }
  const turn = (): boolean => {
    if (socket.destroyed) return false;
    // A reader that lags misses turns instead of filling this process's memory.
    if (socket.writableNeedDrain) return true;
    send(left > 0 ? bytes.chunk : bytes.end);
    if (left-- > 0) return true;
    finish();
    return false;
  };
  wheel.add(settings.intervalMs, { turn });
}

/** Writes until the socket is full, goes on when it has drained, ends after `total` bytes. */
function flood(
  socket: Socket,
  { bytes, total, stats }: { bytes: Prepared; total: number; stats: BenchStats },
): void {
  let left = total;
  const finish = track(socket, stats);
  socket.write(bytes.head);
  const pump = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= bytes.chunk.length;
      stats.bytesSent += bytes.chunk.length;
      if (!socket.write(bytes.chunk)) {
        socket.once('drain', pump);
        return;
      }
    }
    if (socket.destroyed) return;
    socket.write(bytes.end);
    finish();
  };
  pump();
}

/** Counts a stream as open until it is finished or its client leaves. */
function track(socket: Socket, stats: BenchStats): () => void {
  const onClose = (): void => {
    stats.open--;
    stats.aborted++;
  };
  stats.open++;
  socket.once('close', onClose);
  return () => {
    socket.off('close', onClose);
    stats.open--;
  };
}

function prepare(known: Map<string, Prepared>, protocol: BenchProtocol, settings: BenchSettings): Prepared {
  const key = `${protocol} ${settings.chunkBytes} ${settings.floodBytes}`;
  const found = known.get(key);
  if (found) return found;
  const frameBytes = settings.floodBytes > 0 ? FLOOD_FRAME_BYTES : settings.chunkBytes;
  const body = wholeBody(protocol, settings.chunkBytes);
  const streamType = protocol === 'ollama' ? 'application/x-ndjson' : 'text/event-stream';
  const made = {
    whole: Buffer.concat([headOf(200, 'application/json', body.length), body]),
    head: Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${streamType}\r\nTransfer-Encoding: chunked\r\n\r\n`),
    chunk: chunked(contentFrame(protocol, frameBytes)),
    end: Buffer.concat([chunked(endFrames(protocol)), Buffer.from('0\r\n\r\n')]),
  };
  if (known.size >= MAX_PREPARED) known.delete(known.keys().next().value ?? '');
  known.set(key, made);
  return made;
}

function sendPlain(socket: Socket, path: string, stats: BenchStats): void {
  const isStats = path === '/stats';
  const body = Buffer.from(isStats ? JSON.stringify(stats) : path === '/' ? 'bench upstream' : 'not here');
  const type = isStats ? 'application/json' : 'text/plain';
  socket.write(Buffer.concat([headOf(isStats || path === '/' ? 200 : 404, type, body.length), body]));
}

function headOf(status: number, type: string, length: number): Buffer {
  return Buffer.from(`HTTP/1.1 ${status} -\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`);
}

function chunked(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
}

/** Ollama streams unless told not to, OpenAI only when told. */
function wantsStream(body: Buffer, protocol: BenchProtocol): boolean {
  const at = body.indexOf('"stream"');
  const said = at < 0 ? '' : body.toString('latin1', at + 8, at + 20).replaceAll(/[\s:]/g, '');
  return protocol === 'ollama' ? !said.startsWith('false') : said.startsWith('true');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      chunks: { type: 'string', default: String(DEFAULTS.chunks) },
      'interval-ms': { type: 'string', default: String(DEFAULTS.intervalMs) },
      'chunk-bytes': { type: 'string', default: String(DEFAULTS.chunkBytes) },
      'flood-bytes': { type: 'string', default: '0' },
    },
  });
  const { url } = await startBenchServer({
    host: values.host,
    port: Number(values.port),
    chunks: Number(values.chunks),
    intervalMs: Number(values['interval-ms']),
    chunkBytes: Number(values['chunk-bytes']),
    floodBytes: Number(values['flood-bytes']),
  });
  process.stdout.write(`${url}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
