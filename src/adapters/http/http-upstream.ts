import { buildConnector, type Dispatcher } from 'undici';
import type { Upstream, UpstreamCall, UpstreamHandle, UpstreamSink } from '../../ports/upstream.ts';
import { type Connection, type ConnectionPool, createConnectionPool } from './connection-pool.ts';
import { describeFailure, failureOf, isBrokenSocket } from './failure.ts';

const KEEP_ALIVE_MS = 4_000;
const MAX_HEADER_BYTES = 32 * 1024;
/** A keep-alive connection that its server had closed already shows it at once; what breaks later was at work. */
const STALE_WITHIN_MS = 1_000;

interface Server {
  readonly pool: ConnectionPool;
  /** Path of the base address, without a trailing slash. */
  readonly prefix: string;
}

/** The `Upstream` port over undici at dispatch level: raw callbacks, one connection a running call, no redirects. */
export function createHttpUpstream(): Upstream {
  const servers = new Map<string, Server>(); // one per address and connect limit that an admin has configured

  const serverOf = (call: UpstreamCall): Server => {
    const key = `${call.connectTimeoutMs} ${call.baseUrl}`;
    const known = servers.get(key);
    if (known) return known;
    const url = new URL(call.baseUrl);
    const connect = buildConnector({ timeout: call.connectTimeoutMs, allowH2: false });
    const pool = createConnectionPool({
      origin: url.origin,
      connect,
      keepAliveMs: KEEP_ALIVE_MS,
      maxHeaderBytes: MAX_HEADER_BYTES,
    });
    const server = { pool, prefix: url.pathname.replace(/\/+$/, '') };
    servers.set(key, server);
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
      await Promise.all([...servers.values()].map((server) => server.pool.close()));
    },
  };
}

/** One call under way. A class, because undici and the gateway both hold on to it and nothing else is allocated. */
class RunningCall implements UpstreamHandle, Dispatcher.DispatchHandler {
  readonly #server: Server;
  readonly #call: UpstreamCall;
  readonly #sink: UpstreamSink;
  #connection: Connection | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #startedMs = 0;
  #answering = false;
  #retried = false;

  constructor(server: Server, call: UpstreamCall, sink: UpstreamSink) {
    this.#server = server;
    this.#call = call;
    this.#sink = sink;
  }

  start(connection: Connection): void {
    const { path, method, headers, body } = this.#call;
    this.#connection = connection;
    this.#startedMs = performance.now();
    connection.client.dispatch(
      { path: this.#server.prefix + path, method, headers: headers as string[], body },
      this,
    );
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null; // from here on every callback is ignored
    this.#server.pool.drop(connection);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#connection === null || status < 200) return;
    this.#answering = true;
    this.#sink.head(status, single(headers['content-type']) ?? '', single(headers['retry-after']));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#connection !== null) this.#sink.data(chunk);
  }

  onResponseEnd(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    this.#server.pool.give(connection);
    this.#sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    this.#server.pool.drop(connection);
    if (this.#wasStale(connection, error)) {
      this.#retried = true;
      this.start(this.#server.pool.fresh());
      return;
    }
    this.#sink.fail(failureOf(error), describeFailure(error, this.#call.baseUrl));
  }

  /** The server had hung up before it saw this request: the one case in which sending it again is safe. */
  #wasStale(connection: Connection, error: Error): boolean {
    if (this.#answering || this.#retried || connection.answered === 0) return false;
    return isBrokenSocket(error) && performance.now() - this.#startedMs < STALE_WITHIN_MS;
  }
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
