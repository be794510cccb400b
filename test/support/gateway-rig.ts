import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpUpstream } from '../../src/adapters/http/http-upstream.ts';
import { NodeClient } from '../../src/adapters/http-server/node-client.ts';
import { openPlainLane } from '../../src/adapters/http-server/plain-lane.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTurn } from '../../src/adapters/system/turn.ts';
import type { RequestRecord } from '../../src/contract/event.ts';
import type { FrameKind } from '../../src/contract/frame.ts';
import type { Principal } from '../../src/domain/access.ts';
import type { Model, Route, Settings } from '../../src/domain/config.ts';
import type { Intent } from '../../src/domain/intent.ts';
import { compileSnapshot, type Snapshot } from '../../src/domain/snapshot.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway/gateway.ts';
import { SERVER_OPTIONS } from '../../src/gateway/http.ts';
import { configOf, modelOf, routeOf, SETTINGS } from '../config-fixture.ts';

/** Keys that every rig knows. */
export const KEYS: Readonly<Record<string, Principal>> = {
  'key-a': { credentialId: 'key_a', name: 'a', role: 'chat', mayOverride: true },
  'key-b': { credentialId: 'key_b', name: 'b', role: 'chat', mayOverride: true },
  'key-bound': { credentialId: 'key_bound', name: 'bound', role: 'chat', mayOverride: false },
  'key-viewer': { credentialId: 'key_viewer', name: 'viewer', role: 'viewer', mayOverride: false },
  'key-admin': { credentialId: 'admin', name: 'admin', role: 'admin', mayOverride: true },
};

export interface Frame {
  readonly kind: FrameKind;
  readonly record: object;
}

export type Configured = Partial<Settings> & { readonly intents?: readonly Intent[] };

/** A gateway on a real socket before model servers that a test scripts. */
export interface Rig {
  readonly url: string;
  readonly port: number;
  readonly gateway: Gateway;
  readonly frames: Frame[];
  readonly failures: object[];
  /** The events of chat requests, oldest first. */
  events(): RequestRecord[];
  configure(models: readonly Model[], routes: readonly Route[], more?: Configured): Snapshot;
  close(): Promise<void>;
}

export async function startRig(options: Partial<GatewayOptions> = {}): Promise<Rig> {
  const frames: Frame[] = [];
  const failures: object[] = [];
  let version = 0;
  let snapshot = compileSnapshot(0, configOf([], []));
  const turn = createTurn();
  const upstream = createHttpUpstream({ turn });
  const firstSeen = new Map<string, number>();
  const gateway = createGateway({
    snapshot: () => snapshot,
    access: { find: (key) => KEYS[key] ?? null, generation: 0 },
    upstream,
    events: {
      append: (kind, record) => void frames.push({ kind, record }),
      whenWritten: (work) => turn.atEnd(work),
      dropped: 0,
      droppedTexts: 0,
      unsyncedMs: 0,
      writable: true,
      close: async () => {},
    },
    firstSeen: {
      firstSeenMs(userId, nowMs) {
        const known = firstSeen.get(userId) ?? nowMs;
        firstSeen.set(userId, known);
        return known;
      },
      forget: async (userId) => firstSeen.delete(userId),
      close: async () => {},
    },
    clock: systemClock,
    ids: createIds(),
    isLoopback: true,
    allowedHosts: [],
    version: '0.0.0-test',
    logger: { error: (facts, message) => void failures.push({ ...facts, message }) },
    ...options,
  });
  const server = createServer(SERVER_OPTIONS, (req, res) => {
    if (!gateway.serve(new NodeClient(req, res))) res.writeHead(404).end('not the data plane');
  });
  const lane = openPlainLane({ server, takes: gateway.takes, serve: (client) => void gateway.serve(client) });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    gateway,
    frames,
    failures,
    events: () =>
      frames.filter(({ kind }) => kind === 'request').map(({ record }) => record as RequestRecord),
    configure(models, routes, { intents = [], ...settings } = {}) {
      version += 1;
      const config = configOf(models, routes, { ...SETTINGS, ...settings }, intents);
      snapshot = compileSnapshot(version, config);
      return snapshot;
    },
    async close() {
      gateway.close();
      lane.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
    },
  };
}

/** A model server that does what the test says. */
export interface Scripted {
  readonly url: string;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  readonly server: Server;
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

export type Script = (res: ServerResponse, body: string, req: IncomingMessage) => void;

/** A model server that does what a test says. What Sluice asks it by itself is answered aside and not noted. */
export async function startScripted(script: Script): Promise<Scripted> {
  const requests: Scripted['requests'] = [];
  let connections = 0;
  const server = createServer((req, res) => {
    if (req.method === 'GET' && req.url === '/api/ps') {
      res.end('{"models":[]}');
      return;
    }
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (piece: string) => {
      body += piece;
    });
    req.on('end', () => {
      requests.push({ path: req.url ?? '', headers: req.headers, body });
      script(res, body, req);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    server,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export { modelOf, routeOf };
