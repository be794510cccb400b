import { createServer, type Server } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createHttpUpstream } from '../adapters/http/http-upstream.ts';
import { createModelClient } from '../adapters/http/model-client.ts';
import { openFirstSeen } from '../adapters/journal/first-seen.ts';
import { openJournal } from '../adapters/journal/journal.ts';
import { openConfigStore } from '../adapters/sqlite/config-store.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createIds } from '../adapters/system/ids.ts';
import { createSecretBox, loadMasterKey } from '../adapters/system/secret-box.ts';
import { buildOpenApi } from '../contract/openapi.ts';
import { type Control, createControl } from '../control/control.ts';
import { registerAdmin } from '../control/http.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { SERVER_OPTIONS } from '../gateway/http.ts';
import { type DataFolder, openDataFolder, readAdminKey, writeAdminKey } from './data-folder.ts';
import { createLogger, type LogLevel } from './logger.ts';
import { readOwnedConfig } from './owned-config.ts';
import { registerServiceEndpoints } from './service-endpoints.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataDir: string;
  /** Declarative configuration (the form of `GET /config`), applied at start. */
  readonly configFile: string | null;
  readonly allowedHosts: readonly string[];
  readonly adminKey: string | null;
  readonly secretKey: string | null;
  readonly logLevel: LogLevel;
}

export interface RunningServer {
  readonly url: string;
  /** The admin key, when it was made just now or an earlier start left it in the data folder. */
  readonly adminKeyText: string | null;
  readonly madeAdminKey: boolean;
  readonly modelCount: number;
  /** Stops at once; for tests and for the second signal. */
  close(): Promise<void>;
  /** SIGTERM's way out: not ready, listener open 2 s more, streams finish for up to 30 s, the rest is told. */
  drain(): Promise<void>;
}

/** Wires every part and serves. Throws StartError with one clear line when it cannot. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const folder = openDataFolder(options.dataDir);
  const { logger, close: closeLog } = createLogger(options.logLevel, folder.gatewayLog);
  const plane = await openPlanes(options, folder, logger);
  const { control, gateway } = plane;
  const draining = { started: false };

  const app = Fastify({ serverFactory: (handler) => listenerFor(gateway, handler), logger: false });
  app.setGenReqId(() => plane.ids.next('req'));
  registerAdmin(app, control);
  await registerServiceEndpoints(app, {
    version: VERSION,
    openapi: buildOpenApi(VERSION),
    notReadyBecause: () => {
      if (draining.started) return 'shutting down';
      return plane.events.writable ? null : 'the journal cannot be written; is the disk full?';
    },
  });
  const url = await listen(app, options);
  logger.info({ url, version: VERSION }, 'listening');

  const close = async (): Promise<void> => {
    await app.close();
    await plane.close();
    closeLog();
  };
  return {
    url,
    adminKeyText: plane.madeAdminKey ?? readAdminKey(folder),
    madeAdminKey: plane.madeAdminKey !== null,
    modelCount: plane.current().models.size,
    close,
    async drain() {
      draining.started = true;
      logger.info('draining');
      await delay(LISTEN_ON_MS);
      await gateway.drain(STREAM_GRACE_MS);
      await close();
    },
  };
}

/** After SIGTERM new requests are still taken for a while: a load balancer must see /readyz fail first. */
const LISTEN_ON_MS = 2_000;
const STREAM_GRACE_MS = 30_000;

interface Planes {
  readonly control: Control;
  readonly gateway: Gateway;
  readonly events: ReturnType<typeof openJournal>;
  readonly ids: ReturnType<typeof createIds>;
  readonly madeAdminKey: string | null;
  current(): Snapshot;
  close(): Promise<void>;
}

/** The stores, the control plane and the gateway, joined by nothing but the snapshot, the keys and the journal. */
async function openPlanes(options: ServerOptions, folder: DataFolder, logger: Logger): Promise<Planes> {
  const clock = systemClock;
  const ids = createIds();
  const masterKey = loadMasterKey({ given: options.secretKey ?? undefined, path: folder.secretKeyFile });
  const modelClient = createModelClient({ clock, version: VERSION });
  const cell: { snapshot: Snapshot | null } = { snapshot: null };
  const control = createControl({
    store: openConfigStore({ path: folder.controlFile }),
    secretBox: createSecretBox({ masterKey }),
    clock,
    ids,
    publish: (snapshot) => {
      cell.snapshot = snapshot;
    },
    checkModel: (model) => modelClient.check(model),
    ownedConfig: options.configFile === null ? null : readOwnedConfig(options.configFile),
    ownedConfigName: options.configFile,
    adminKey: options.adminKey,
  });
}
