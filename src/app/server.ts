import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { createHttpUpstream } from '../adapters/http/http-upstream.ts';
import { createServerLook } from '../adapters/http/look-at-server.ts';
import { createModelClient } from '../adapters/http/model-client.ts';
import { openFirstSeen } from '../adapters/journal/first-seen.ts';
import { openAlertStore } from '../adapters/sqlite/alert-store.ts';
import { openConfigStore } from '../adapters/sqlite/config-store.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { openDayCount } from '../adapters/system/day-count.ts';
import { createIds } from '../adapters/system/ids.ts';
import { createSecretBox, loadMasterKey } from '../adapters/system/secret-box.ts';
import { createTurn } from '../adapters/system/turn.ts';
import { createJudging, type OpenJudging } from '../analysis/judging/judging.ts';
import type { AlertWatch } from '../control/alerts/watch.ts';
import { type Control, type ControlOptions, createControl } from '../control/control.ts';
import { watchExperiments } from '../control/experiments/end.ts';
import { registerAdmin } from '../control/http.ts';
import { startSecondAnswers } from '../control/reviews/second-answers.ts';
import { type RolloutWatch, startRolloutWatch } from '../control/rollouts/watch.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { Analysis } from '../ports/analysis.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Ids } from '../ports/ids.ts';
import type { ModelClient } from '../ports/model-client.ts';
import { createNotifier, startAlerts } from './alerts.ts';
import { breakerKeeper } from './breaker-keeper.ts';
import { checkModel } from './check-model.ts';
import { CONSOLE_FOLDERS, openConsoleFiles } from './console/files.ts';
import { registerConsole } from './console/serve.ts';
import { type DataFolder, openDataFolder, readAdminKey, writeAdminKey } from './data-folder.ts';
import { isLoopbackAddress, listenFault } from './listen-fault.ts';
import { createListener, type Listener, refuseUnknown } from './listener.ts';
import { createLogger, type LogLevel } from './logger.ts';
import { meteredEvents } from './metrics/metered-events.ts';
import { startMetrics } from './metrics/metrics.ts';
import { createTraffic, type Traffic } from './metrics/traffic.ts';
import { type OpenAnalysis, openAnalysis } from './open-analysis.ts';
import { openOwnJournal } from './open-own-journal.ts';
import { readOwnedConfig } from './owned-config.ts';
import { replayJournal } from './replay-journal.ts';
import { registerServiceEndpoints } from './service-endpoints.ts';
import { orStartError, startErrorOf } from './start-error.ts';
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
  /** How often rollouts are looked at; ten seconds unless a demo or a proof has less time. */
  readonly rolloutTickMs?: number;
}

export interface RunningServer {
  readonly url: string;
  /** The admin key, when it was made just now or an earlier start left it in the data folder. */
  readonly adminKeyText: string | null;
  readonly madeAdminKey: boolean;
  readonly modelCount: number;
  readonly hasDefaultRoute: boolean;
  /** Stops at once; for tests and for the second signal. */
  close(): Promise<void>;
  /** SIGTERM's way out: not ready, listener open 2 s more, streams finish for up to 30 s, the rest is told. */
  drain(): Promise<void>;
}

/** After SIGTERM new requests are still taken for a while: a load balancer must see /readyz fail first. */
const LISTEN_ON_MS = 2_000;
const STREAM_GRACE_MS = 30_000;
/** Connections that may wait to be accepted; Node's 511 overflows when thousands of streams come back at once. */
const ACCEPT_BACKLOG = 4_096;
/** Ids of users and sessions in a path: 512 bytes, each of which may be written with three letters. */
const MAX_PARAM_LENGTH = 1_536;

/** Wires every part and serves. Throws StartError with one clear line when it cannot. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const folder = openDataFolder(options.dataDir);
  const { logger, close: closeLog } = createLogger(options.logLevel, folder);
  const planes = await openPlanes(options, { folder, logger });
  const { control, gateway, ids } = planes;
  const { allowedHosts } = options;
  let draining = false;

  let listener: Listener | null = null;
  const app = Fastify({
    serverFactory(handler) {
      listener = createListener({ gateway, handler, allowedHosts, ids });
      return listener.server;
    },
    genReqId: () => ids.next('req'),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (_error, request, reply) => refuseRaw(request, reply),
  });
  app.setNotFoundHandler((request, reply) => refuseRaw(request, reply));
  registerAdmin(app, control, {
    analysis: planes.analysis,
    onInternalError: (error, requestId) =>
      logger.error({ err: error, request_id: requestId }, 'admin API failed'),
  });
  const { traffic, events, judging, current: snapshot } = planes;
  const { openStreams: openCalls, queueLengths, derivation } = gateway;
  const { indexState } = planes;
  const breakers = gateway.breakers.reports;
  const counts = { openCalls, queueLengths, derivation, breakers, judging: judging.counts, indexState };
  const metrics = startMetrics({ traffic, events, version: VERSION, snapshot, ...counts });
  registerServiceEndpoints(app, {
    version: VERSION,
    metrics,
    notReadyBecause: () => {
      if (draining) return 'shutting down';
      return planes.events.writable ? null : 'the journal cannot be written; is the disk full?';
    },
  });
  registerConsole(app, openConsoleFiles(CONSOLE_FOLDERS));
  const close = async (): Promise<void> => {
    gateway.close();
    listener?.close();
    await app.close();
    await planes.close();
    metrics.close();
    closeLog();
  };
  let url: string;
  try {
    url = await app.listen({ host: options.host, port: options.port, backlog: ACCEPT_BACKLOG });
  } catch (error) {
    await close();
    throw listenFault(error, options);
  }
  logger.info({ url, version: VERSION }, 'listening');
  return {
    url,
    adminKeyText: planes.madeAdminKey ?? readAdminKey(folder),
    madeAdminKey: planes.madeAdminKey !== null,
    modelCount: planes.current().models.size,
    hasDefaultRoute: planes.current().defaultRoute !== null,
    close,
    async drain() {
      draining = true;
      logger.info('draining: not ready any more, streams may finish');
      await delay(LISTEN_ON_MS);
      await gateway.drain(STREAM_GRACE_MS);
      await close();
    },
  };
}

function refuseRaw(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  refuseUnknown(request.raw, reply.raw, request.id);
}

interface Planes {
  readonly control: Control;
  readonly gateway: Gateway;
  readonly analysis: Analysis;
  readonly indexState: OpenAnalysis['indexState'];
  readonly events: EventSink;
  readonly traffic: Traffic;
  readonly judging: OpenJudging;
  readonly ids: Ids;
  readonly madeAdminKey: string | null;
  current(): Snapshot;
  close(): Promise<void>;
}

/** Stores, control plane and gateway, joined by nothing but the snapshot, the keys and the journal. */
async function openPlanes(
  options: ServerOptions,
  { folder, logger }: { folder: DataFolder; logger: Logger },
): Promise<Planes> {
  const clock = systemClock;
  const ids = createIds();
  const turn = createTurn();
  const onTrouble = (message: string): void => logger.error(message);
  const modelClient = createModelClient({ clock, version: VERSION });
  let rollouts: RolloutWatch | null = null;
  const { snapshot, publish } = holdSnapshot(() => rollouts?.worldChanged());
  const others = () => ({ gateway, answers });
  const control = openControl(options, { folder, clock, ids, modelClient, snapshot, publish, others });
  const { madeAdminKey, savedBreakers } = await control.start().catch((error: unknown) => {
    throw startErrorOf(error);
  });
  if (madeAdminKey !== null) writeAdminKey(folder, madeAdminKey);
  const journal = openOwnJournal({ turn, clock, folder, snapshot, onTrouble });
  const traffic = createTraffic();
  const events = meteredEvents(journal, traffic);
  const firstSeen = orStartError(() => openFirstSeen(folder.firstSeenFile));
  const upstream = createHttpUpstream({ turn });
  const calls = orStartError(() => openDayCount(folder.judgeCallsFile));
  const isClosed = (modelId: string) => gateway.breakers.standingOf(modelId) === 'closed';
  const judging = createJudging({ client: modelClient, clock, calls, snapshot, isClosed, events, onTrouble });
  let alerts: AlertWatch | null = null;
  const gateway = createGateway({
    snapshot,
    access: control.access,
    upstream,
    events,
    firstSeen,
    judging,
    clock,
    ids,
    isLoopback: isLoopbackAddress(options.host),
    allowedHosts: options.allowedHosts,
    version: VERSION,
    prober: modelClient,
    savedBreakers,
    onBreakerChange: breakerKeeper({ control, logger, alerts: () => alerts, rollouts: () => rollouts }),
    logger,
  });
  const readers = { sessions: gateway.openSessionReplay(), judging: judging.openReplay() };
  const endReplay = replayJournal({ journalFolder: folder.journalFolder, ...readers, logger });
  const answers = openAnalysis({ folder, control, gateway, journal, firstSeen, clock, logger, snapshot });
  const watched = { events, store: answers.store, clock, journalFolder: folder.journalFolder, onTrouble };
  const experiments = watchExperiments(control.core(), onTrouble);
  alerts = await startAlerts({ core: control.core(), ...watched });
  rollouts = startRolloutWatch({ core: control.core(), onTrouble });
  const seconds = startSecondAnswers({ core: control.core(), client: modelClient, events, onTrouble });
  return {
    control,
    gateway,
    analysis: answers.analysis,
    indexState: answers.indexState,
    events,
    traffic,
    judging,
    ids,
    madeAdminKey,
    current: snapshot,
    async close() {
      endReplay();
      judging.close();
      seconds.close();
      await Promise.all([rollouts?.close(), alerts?.close(), experiments.close()]);
      await upstream.close();
      await answers.close();
      await Promise.all([events.close(), firstSeen.close(), control.close()]);
    },
  };
}

/** The snapshot in force: one assignment puts the next one there. */
function holdSnapshot(onNew: () => void) {
  let current: Snapshot | null = null;
  return {
    publish(published: Snapshot): void {
      const isNew = published !== current;
      current = published;
      if (isNew) onNew();
    },
    snapshot(): Snapshot {
      if (current === null) throw new Error('no snapshot was published yet');
      return current;
    },
  };
}

interface ControlNeeds extends Pick<ControlOptions, 'clock' | 'ids' | 'publish'> {
  readonly folder: DataFolder;
  readonly modelClient: ModelClient;
  snapshot(): Snapshot;
  /** The other planes; there once all are wired. */
  others(): { readonly gateway: Gateway; readonly answers: OpenAnalysis };
}

function openControl(options: ServerOptions, parts: ControlNeeds): Control {
  const { folder, modelClient, snapshot, others, ...needs } = parts;
  return orStartError(() =>
    createControl({
      ...needs,
      breakers: () => others().gateway.breakers,
      conversations: () => others().gateway.conversations,
      answers: () => others().answers.store,
      metrics: () => others().answers.metrics,
      store: openConfigStore({ path: folder.controlFile }),
      alertStore: openAlertStore({ path: folder.controlFile }),
      notifier: createNotifier({ clock: needs.clock, networks: () => snapshot().settings.webhookNetworks }),
      secretBox: createSecretBox({
        masterKey: loadMasterKey({ given: options.secretKey ?? undefined, path: folder.secretKeyFile }),
      }),
      checkModel: (model) => checkModel(modelClient, model),
      lookAtServer: createServerLook({ clock: needs.clock, version: VERSION }),
      ownedConfig: options.configFile === null ? null : readOwnedConfig(options.configFile),
      ownedConfigName: options.configFile,
      ...(options.rolloutTickMs !== undefined && { rolloutTickMs: options.rolloutTickMs }),
      adminKey: options.adminKey,
    }),
  );
}
