import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Protocol } from './chat-dialect.ts';
import { answerControl } from './control.ts';
import { createFaultBook } from './fault-book.ts';
import { type FaultRule, parseFaultRules } from './fault-rules.ts';
import { isHostAllowed } from './host-guard.ts';
import { clean, type Playback, play, whole } from './playback.ts';
import { createRequestLog, preciseNowMs, type SimRequest } from './request-log.ts';
import { endpointAt, notServed, runEndpoint } from './routes.ts';
import { createShelf } from './shelf.ts';
import type { SimModel } from './sim-model.ts';

export interface SimServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `both` (default): Ollama's native paths and `/v1` on one port. */
  readonly protocol?: Protocol | 'both';
  readonly models: readonly SimModel[];
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /** Time factor: 10 is ten times as fast, Infinity is without any delay. Times in fault rules stay real. */
  readonly speed?: number;
  /** Newest requests that are remembered, at least. Default 1000. */
  readonly recordLimit?: number;
  /** Default true; 64 MiB of bodies at most. */
  readonly recordBodies?: boolean;
  /** Ollama's guard: bound to loopback, a foreign `Host` is refused. Default true; never for `openai`. */
  readonly checkHost?: boolean;
  /** Called when a request is over, whichever way. */
  readonly onClose?: (request: SimRequest) => void;
}

export interface SimServer {
  readonly url: string;
  readonly port: number;
  /** Oldest first. */
  readonly requests: readonly SimRequest[];
  /** Replaces the rules. Throws FaultRuleError. A model with a `cold_load` is unloaded, so that the rule has its chance. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Larger bodies are cut off with 413; far above what any gateway lets through. */
const MAX_BODY_BYTES = 64 * 2 ** 20;
/** Longer than clients keep their side, so that no request meets a connection that is just closing. */
const KEEP_ALIVE_MS = 75_000;

/** Starts a server that answers as Ollama and vLLM do. Rejects when the port is taken. */
export async function startModelServer(options: SimServerOptions): Promise<SimServer> {
  const { host = '127.0.0.1', protocol = 'both', seed = 1, speed = 1 } = options;
  const protocols: Protocol[] = protocol === 'both' ? ['ollama', 'openai'] : [protocol];
  const isGuarded =
    (options.checkHost ?? true) && protocols.includes('ollama') && /^(127\.|::1$|localhost$)/.test(host);
  const shelf = createShelf(options.models);
  const book = createFaultBook({ seed, startedAtMs: preciseNowMs() });
  const log = createRequestLog(options.recordLimit ?? 1000, options.recordBodies ?? true);
  const world = { shelf, book, seed, speed };

  const setFaults = (rules: readonly FaultRule[]): void => {
    const checked = parseFaultRules(rules, shelf.names);
    book.set(checked, preciseNowMs());
    for (const rule of checked) {
      if (rule.fault !== 'cold_load') continue;
      for (const name of shelf.names) if (rule.model === undefined || rule.model === name) shelf.unload(name);
    }
  };
  setFaults(options.faults ?? []);

  const decide = (req: IncomingMessage, record: SimRequest, body: Buffer): Playback => {
    const method = req.method === 'HEAD' ? 'GET' : record.method;
    const endpoint = endpointAt(record.path, protocols);
    if (!endpoint) return notServed(protocols, 404);
    if (endpoint.method !== method) return notServed(protocols, 405);
    return runEndpoint(endpoint, world, { record, body });
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://sim');
    if (url.pathname.startsWith('/sim/')) {
      const body = (await readBody(req)) ?? Buffer.alloc(0);
      const { names: models } = shelf;
      const control = {
        method: req.method ?? 'GET',
        url,
        body,
        models,
        book,
        requests: log.requests,
        setFaults,
      };
      await play(res, answerControl(control), { bytesSent: 0, status: null });
      return;
    }
    const record = log.open(req, url.pathname);
    try {
      if (isGuarded && !isHostAllowed(req.headers.host)) {
        await play(res, clean(whole({ status: 403, contentType: 'text/plain', body: '' })), record);
        return;
      }
      const body = await readBody(req);
      if (body === null) {
        record.closeReason = 'client_closed';
        return;
      }
      log.keepBody(record, body);
      record.closeReason = await play(res, decide(req, record, body), record);
    } finally {
      record.closedAtMs = preciseNowMs();
      options.onClose?.(record);
    }
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (req, res) => {
    serve(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests: log.requests,
    setFaults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Null when the client left, or sent more than is taken. */
function readBody(req: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) req.destroy();
      else chunks.push(chunk);
    });
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('close', () => resolve(null));
    req.on('error', () => resolve(null));
  });
}
