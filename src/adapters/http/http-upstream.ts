import type { Turn } from '../../ports/turn.ts';
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailure,
  UpstreamHandle,
  UpstreamSink,
} from '../../ports/upstream.ts';
import type { Connection, ConnectionUser } from './connection.ts';
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts';
import { describeFailure } from './failure.ts';
import { headerLines } from './header-lines.ts';
import type { ResponseHead } from './response-head.ts';

/** A kept connection that its server had closed already shows it at once; what breaks later was at work. */
const STALE_WITHIN_MS = 1_000;
interface Server {
  readonly pool: ConnectionPool;
  /** What every request's head begins with, up to the rest of the path. */
  readonly prefix: string;
  /** Headers of every request: `Host` and `Connection`. */
  readonly headLines: string;
}

/**
 * The `Upstream` port on sockets: HTTP/1.1, one connection a running call, no redirects. Why not undici: its client
 * costs more than all the rest that happens to a request here (`docs/decisions/0003-own-http-client.md`).
 */
export function createHttpUpstream({ turn }: { readonly turn: Turn }): Upstream {
  const servers = new Map<string, Server>(); // one per address and connect limit that an admin has configured

  const serverOf = (call: UpstreamCall): Server => {
    const key = `${call.connectTimeoutMs} ${call.baseUrl}`;
    let server = servers.get(key);
    if (!server) {
      server = makeServer(call, turn);
      servers.set(key, server);
    }
    return server;
  };

  return {
    send(call, sink) {
      const server = serverOf(call);
      const running = new RunningCall(server, call, sink);
      running.start(server.pool.take());
      return running;
    },
    async close() {
      for (const server of servers.values()) server.pool.close();
    },
  };
}

function makeServer({ baseUrl, connectTimeoutMs }: UpstreamCall, turn: Turn): Server {
  const url = new URL(baseUrl);
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    pool: createConnectionPool({ turn, isTls, host, port, connectTimeoutMs }),
    prefix: url.pathname.replace(/\/+$/, ''),
    headLines: `Host: ${url.host}\r\nConnection: keep-alive\r\n`,
  };
}

/** One call under way. A class, because the connection and the gateway both hold on to it and nothing else is made. */
class RunningCall implements UpstreamHandle, ConnectionUser {
  readonly #server: Server;
  readonly #sink: UpstreamSink;
  /** Gone once the answer has begun: from then on the request is not sent again. */
  #call: UpstreamCall | null;
  #connection: Connection | null = null;
  #wasUsed = false;
  #startedMs = 0;

  constructor(server: Server, call: UpstreamCall, sink: UpstreamSink) {
    this.#server = server;
    this.#call = call;
    this.#sink = sink;
  }

  start(connection: Connection): void {
    const call = this.#call;
    if (call === null) return;
    this.#connection = connection;
    this.#wasUsed = connection.answered > 0;
    if (this.#wasUsed) this.#startedMs = performance.now();
    connection.send(headOf(this.#server, call), call.body, this);
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  abort(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }

  onHead(head: ResponseHead): void {
    this.#call = null;
    this.#sink.head(head.status, head.contentType, head.retryAfter);
  }

  onBody(bytes: Buffer): void {
    this.#sink.data(bytes);
  }

  onEnd(): void {
    this.#connection = null;
    this.#sink.end();
  }

  onFail(kind: UpstreamFailure, message: string): void {
    this.#connection = null;
    if (this.#wasStale(kind)) this.start(this.#server.pool.fresh());
    else this.#sink.fail(kind, describeFailure(kind, message));
  }

  /** The server had hung up before it saw this request: the one case in which sending it again is safe. */
  #wasStale(kind: UpstreamFailure): boolean {
    if (kind !== 'connection_reset' || this.#call === null || !this.#wasUsed) return false;
    return performance.now() - this.#startedMs < STALE_WITHIN_MS;
  }
}

function headOf(server: Server, { method, path, headers, body }: UpstreamCall): string {
  const start = `${method} ${server.prefix}${path} HTTP/1.1\r\n${server.headLines}`;
  const head = start + headerLines(headers);
  if (body === null) return `${head}\r\n`;
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  return `${head}Content-Length: ${length}\r\n\r\n`;
}
