import type { Principal } from '../domain/access.ts';
import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import type { Assignment, FallbackReason } from '../domain/routing.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { AccessTable } from '../ports/access-table.ts';
import type { Client } from '../ports/client.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Ids } from '../ports/ids.ts';
import type { Judging } from '../ports/judging.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Admission } from './admission.ts';
import type { LiveBreakers } from './breakers.ts';
import type { DataInbound } from './data-inbound.ts';
import type { Derivation } from './derivation.ts';
import type { Identity } from './identify.ts';
import type { OpenCalls } from './open-calls.ts';
import type { Said } from './said.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';
import type { RawBody, RequestOutline, TapState } from './wire/wire.ts';
import type { Words } from './words.ts';

/** What the stages of a request work with; one for the whole gateway. */
export interface Services {
  snapshot(): Snapshot;
  readonly access: AccessTable;
  readonly upstream: Upstream;
  readonly events: EventSink;
  readonly judging: Judging | null;
  readonly users: Users;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sessions: Sessions;
  readonly derivation: Derivation;
  readonly admission: Admission;
  readonly breakers: LiveBreakers;
  readonly openCalls: OpenCalls;
  readonly isLoopback: boolean;
  readonly userAgent: string;
  /** True once the process is on its way out: connections are then not kept. */
  isDraining: boolean;
  /** One line of the error log: a model that failed, or a fault of our own. */
  onFailure(facts: object, message: string): void;
}

/** How one call to a model went. */
export interface AttemptReport {
  readonly modelId: string;
  readonly outcome: 'ok' | 'error' | 'client_abort';
  readonly errorClass: ErrorClass | null;
  readonly upstreamStatus: number | null;
  readonly latencyMs: number;
  readonly ttftMs: number | null;
}

export interface ExchangeOptions {
  readonly services: Services;
  readonly inbound: DataInbound;
  readonly client: Client;
  readonly cors: readonly string[];
}

/** One chat request from its arrival to its event: filled in stage by stage. */
export class Exchange {
  readonly services: Services;
  readonly inbound: DataInbound;
  readonly client: Client;
  /** The one snapshot that decides everything about this request. */
  readonly snapshot: Snapshot;
  requestId: string;
  /** Headers for a browser of a listed origin. */
  readonly cors: readonly string[];

  principal: Principal | null = null;
  /** Body and outline are gone once nobody needs them: a long answer must not hold a long question. */
  body: RawBody | null = null;
  outline: RequestOutline | null = null;
  /** What the text log will keep of it. */
  said: Said | null = null;
  /** What facts will be told from. */
  words: Words | null = null;
  bodyBytes = 0;
  isStream = false;
  requestedModel: string | null = null;
  clientRetry = 0;
  identity: Identity | null = null;
  session: Session | null = null;
  round = 0;
  opensRound = false;
  segment: string | null = null;
  createdAtMs: number | null = null;
  firstSeenMs: number | null = null;
  assignment: Assignment | null = null;
  /** Who serves now, and why not who was assigned: the standby takes over after an error. */
  serving: Model | null = null;
  fallback: FallbackReason | null = null;
  dropped: readonly string[] = [];

  /** Arrival of the last byte of the request. */
  receivedAtMs: number;
  receivedMs: number;
  /** When the model had a place for it. */
  admittedMs: number | null = null;
  attempts: AttemptReport[] = [];
  tap: TapState | null = null;
  /** Status that the client got; 0 until its answer began. */
  status = 0;
  answerBytes = 0;
  ttftMs: number | null = null;
  recorded = false;

  constructor(options: ExchangeOptions) {
    const { services } = options;
    this.services = services;
    this.inbound = options.inbound;
    this.client = options.client;
    this.cors = options.cors;
    this.snapshot = services.snapshot();
    this.requestId = services.ids.next('req');
    this.receivedAtMs = services.clock.nowMs();
    this.receivedMs = services.clock.monotonicMs();
  }
}
