import type { BreakerChange } from '../domain/breaker-change.ts';
import { isAlive } from '../domain/session.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { AccessTable } from '../ports/access-table.ts';
import type { Breakers, SavedBreaker } from '../ports/breakers.ts';
import type { Client, RequestHead } from '../ports/client.ts';
import type { Clock } from '../ports/clock.ts';
import type { Conversations } from '../ports/conversations.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { FirstSeen } from '../ports/first-seen.ts';
import type { Ids } from '../ports/ids.ts';
import type { Judging } from '../ports/judging.ts';
import type { Upstream } from '../ports/upstream.ts';
import { createAdmission } from './admission.ts';
import { createBreakers, type Prober } from './breakers.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { createDerivation } from './derivation.ts';
import { Exchange, type Services } from './exchange.ts';
import { Fault } from './fault.ts';
import { createHostGuard } from './guard.ts';
import { type Target, targetOf } from './http.ts';
import { createOpenCalls, type OpenCalls } from './open-calls.ts';
import { serveRequest } from './pipeline.ts';
import { rememberingAccess } from './remembering-access.ts';
import { openSessionReplay, type SessionReplay } from './session-replay.ts';
import { createSessions } from './sessions.ts';
import { serveSmall } from './small-requests.ts';
import { createUsers } from './users.ts';
import { renderFault } from './wire/errors.ts';

/** After the grace period each stream is told in its own words; a client that does not take them is cut off. */
const LAST_WORDS_MS = 1_000;
const DRAIN_POLL_MS = 25;
const EMPTY = Buffer.alloc(0);

export interface GatewayOptions {
  /** The configuration in force; each request asks once. */
  snapshot(): Snapshot;
  readonly access: AccessTable;
  readonly upstream: Upstream;
  readonly events: EventSink;
  readonly firstSeen: FirstSeen;
  /** Gets the first answers that no rule decides. */
  readonly judging?: Judging;
  readonly clock: Clock;
  readonly ids: Ids;
  /** True when the server is bound to a loopback address: only then may keyless calls be let in. */
  readonly isLoopback: boolean;
  /** Names, besides those of loopback, that `Host` may carry; `*` for any. */
  readonly allowedHosts: readonly string[];
  readonly version: string;
  /** Requests whose texts may wait to be read for facts; the limit of a gateway without it is in `derivation.ts`. */
  readonly maxDerivations?: number;
  /** Tries a model that failed when no user does; without it, it waits for users. */
  readonly prober?: Prober;
  /** Breakers as an earlier process left them. */
  readonly savedBreakers?: readonly SavedBreaker[];
  /** Hears of each change of a breaker, in order and off the path of requests. */
  readonly onBreakerChange?: (change: BreakerChange) => void;
  readonly logger?: GatewayLogger;
}

export interface GatewayLogger {
  error(facts: object, message: string): void;
}

/** The data plane. */
export interface Gateway {
  /** True for the targets of requests that go to a model. */
  takes(url: string): boolean;
  /** Serves a request of the data plane, from guard to event. False when the path is none of its own. */
  serve(client: Client): boolean;
  /** Requests that wait for a model, or for its answer, or whose answer is on its way. */
  openStreams(): number;
  /** How many wait for a place at each model. */
  queueLengths(): readonly (readonly [modelId: string, waiting: number])[];
  /** Requests whose texts wait to be read for facts, and how many were let go unread since the start. */
  derivation(): { readonly waiting: number; readonly dropped: number };
  readonly breakers: Breakers;
  readonly conversations: Conversations;
  /** Takes over the sessions of an earlier process from what its journal tells. */
  openSessionReplay(): SessionReplay;
  /** Forgets who a user is and what was said: the next request comes from somebody new. */
  forgetUser(userId: string): void;
  /** Lets open requests finish for up to `graceMs`, then ends the rest with an error in their own protocol. */
  drain(graceMs: number): Promise<void>;
  /** Ends everything at once. */
  close(): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const services = servicesOf(options);
  const { openCalls } = services;
  const guard = createHostGuard(options.allowedHosts);
  services.breakers.reports(); // one that was left open is tried again in time, also when nobody asks

  const refuse = (client: Client, target: Target, fault: Fault, cors: readonly string[]): void => {
    const requestId = services.ids.next('req');
    const { status, contentType, body } = renderFault(target.protocol, fault, requestId);
    const headers = ['Content-Type', contentType, 'X-Request-Id', requestId];
    if (fault.code === 'method_not_allowed') headers.push('Allow', target.method);
    client.answer(status, [...headers, ...cors], body);
  };

  const serve = (client: Client, target: Target): void => {
    const cors = corsHeaders(client, services.snapshot().settings.corsOrigins);
    const isPreflight = client.method === 'OPTIONS' && cors.length > 0;
    const fault = guard.check(client) ?? (isPreflight ? null : targetFault(client, target));
    if (fault !== null) refuse(client, target, fault, cors);
    else if (isPreflight) client.answer(204, [...cors, ...preflightHeaders(client, target.method)], EMPTY);
    else if (target.kind === 'request') {
      serveRequest(new Exchange({ services, inbound: target.inbound, client, cors }));
    } else if (target.kind !== 'forbidden') serveSmall({ services, target, client, cors });
  };

  return {
    takes: (url) => targetOf(url)?.kind === 'request',
    serve(client) {
      const target = targetOf(client.url ?? '');
      if (target === null) return false;
      serve(client, target);
      return true;
    },
    openStreams: () => openCalls.size,
    queueLengths: () => services.admission.queueLengths(),
    breakers: services.breakers,
    conversations: {
      pinOf(userId, sessionId) {
        const { sessionIdleMs } = services.snapshot().settings;
        const session = services.sessions.find(null, sessionId);
        const isUnderWay =
          session?.userId === userId && isAlive(session, options.clock.monotonicMs(), sessionIdleMs);
        return isUnderWay ? session.pin : null;
      },
    },
    openSessionReplay: () => openSessionReplay(services),
    forgetUser(userId) {
      services.users.forget(userId);
      const instances = services.sessions.forget(userId);
      services.derivation.forget(instances);
      services.judging?.withdraw(instances, 'erased');
    },
    derivation: () => ({ waiting: services.derivation.waiting, dropped: services.derivation.dropped }),
    async drain(graceMs) {
      services.isDraining = true;
      await emptied(openCalls, graceMs);
      openCalls.visitAll((call) =>
        call.shutDown(new Fault('shutting_down', 'Sluice is shutting down; try again')),
      );
      await emptied(openCalls, LAST_WORDS_MS);
    },
    close() {
      openCalls.visitAll((call) => call.destroy());
      openCalls.close();
      services.breakers.close();
      services.derivation.finish();
    },
  };
}

/** What makes the target itself impossible. */
function targetFault({ method }: RequestHead, target: Target): Fault | null {
  if (target.kind === 'forbidden') {
    const message = 'model management is not forwarded to model servers; do it on the model server itself';
    return new Fault('forbidden', message);
  }
  if (method === target.method || (method === 'HEAD' && target.method === 'GET')) return null;
  return new Fault('method_not_allowed', `${method} is not a method of this path; use ${target.method}`);
}

function servicesOf(options: GatewayOptions): Services {
  const { logger } = options;
  const openCalls = createOpenCalls(options.clock);
  return {
    snapshot: options.snapshot,
    access: rememberingAccess(options.access),
    upstream: options.upstream,
    events: options.events,
    judging: options.judging ?? null,
    users: createUsers(options.firstSeen),
    clock: options.clock,
    ids: options.ids,
    isLoopback: options.isLoopback,
    userAgent: `sluice/${options.version}`,
    sessions: createSessions({ ids: options.ids }),
    derivation: createDerivation({
      keep({ record, unjudged }) {
        options.events.append('derived', record);
        if (unjudged !== null) options.judging?.add(unjudged);
      },
      onFault: (err, { requestId }) =>
        logger?.error({ err, request_id: requestId }, 'facts could not be derived'),
      monotonicMs: () => options.clock.monotonicMs(),
      ...(options.maxDerivations !== undefined && { maxWaiting: options.maxDerivations }),
    }),
    admission: createAdmission((modelId) => options.snapshot().models.get(modelId)),
    breakers: createBreakers({
      snapshot: options.snapshot,
      clock: options.clock,
      prober: options.prober ?? null,
      saved: options.savedBreakers ?? [],
      onChange(change) {
        if (change.to === 'OPEN') openCalls.visitAll((call) => call.onModelOpen(change.modelId));
        options.onBreakerChange?.(change);
      },
    }),
    openCalls,
    isDraining: false,
    onFailure: (facts, message) => logger?.error(facts, message),
  };
}

/** Waits until nothing is open any more, or the time is over. */
function emptied(open: OpenCalls, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const untilMs = performance.now() + withinMs;
    const look = (): void => {
      if (open.size === 0 || performance.now() >= untilMs) resolve();
      else setTimeout(look, DRAIN_POLL_MS);
    };
    look();
  });
}
