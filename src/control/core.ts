import type { CheckReport } from '../contract/model.ts';
import type { Model } from '../domain/config.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { Breakers } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConfigStore } from '../ports/config-store.ts';
import type { Conversations } from '../ports/conversations.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { ServerLook } from '../ports/model-server.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { Door } from './change.ts';
import type { ConsoleSessions } from './console-sessions/sessions.ts';
import type { Live } from './live/open.ts';
import type { Ownership } from './ownership.ts';
import type { createReviewDesk } from './reviews/desk.ts';
import type { RolloutLook } from './rollouts/record.ts';
import type { createSerial } from './serial.ts';

/** What the verbs work with. */
export interface ControlCore {
  readonly store: ConfigStore;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly door: Door;
  readonly ownership: Ownership;
  /** An admin key was given from outside, so that no stored one is the last. */
  readonly hasOutsideAdmin: boolean;
  /** Who is signed in to the console. */
  readonly sessions: ConsoleSessions;
  readonly live: Live;
  /** Token of this process's lease on rollouts. */
  readonly fence: number;
  /** How often rollouts are looked at. */
  readonly rolloutTickMs: number;
  /** Counts for gates. */
  readonly metrics: () => MetricSource;
  /** What the newest look at each active rollout has found; gone with the process. */
  readonly rolloutLooks: Map<string, RolloutLook>;
  readonly alertStore: AlertStore;
  readonly notifier: Notifier;
  /** Messages to try channels with go out one after the other. */
  readonly tests: ReturnType<typeof createSerial>;
  /** The gateway's live breakers. */
  readonly breakers: () => Breakers;
  /** Those that the gateway serves. */
  readonly conversations: () => Conversations;
  /** What models answered, as the index of the journal tells it. */
  readonly answers: () => Pick<EventStore, 'drawAnswers' | 'session' | 'said' | 'caughtUp'>;
  readonly reviewDesk: ReturnType<typeof createReviewDesk>;
  /** Calls a model's server. Never rejects for a model that fails: the report says so. */
  readonly checkModel: (model: Model) => Promise<CheckReport>;
  readonly lookAtServer: ServerLook;
}
