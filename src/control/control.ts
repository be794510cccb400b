import type { OwnedConfig } from '../contract/config.ts';
import type { CheckReport } from '../contract/model.ts';
import type { Model } from '../domain/config.ts';
import { TICK_MS } from '../domain/rollout/credit.ts';
import { compileSnapshot, type Snapshot } from '../domain/snapshot.ts';
import type { AccessTable } from '../ports/access-table.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { Breakers, SavedBreaker } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConfigStore, StoredKey, StoredState } from '../ports/config-store.ts';
import type { Conversations } from '../ports/conversations.ts';
import type { Ids } from '../ports/ids.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { ServerLook } from '../ports/model-server.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { createDoor } from './change.ts';
import { applyFile, checkOwnedConfig } from './config/apply-file.ts';
import { type ConsoleSessions, createConsoleSessions } from './console-sessions/sessions.ts';
import { withChatKeys } from './console-sessions/with-chat-keys.ts';
import type { ControlCore } from './core.ts';
import { createAccessTable, OUTSIDE_ADMIN_ID } from './keys/access-table.ts';
import { beginStore, checkAdminKey, ensureAdminKey } from './keys/ensure-admin.ts';
import { createLive } from './live/open.ts';
import { createOwnership } from './ownership.ts';
import { createReviewDesk } from './reviews/desk.ts';
import { createSerial } from './serial.ts';
import { configOf, toState } from './state.ts';

/** Each may take ten seconds. */
const MAX_WAITING_TESTS = 8;

export interface ControlOptions {
  readonly store: ConfigStore;
  readonly secretBox: SecretBox;
  readonly alertStore: AlertStore;
  /** Takes alerts to people. */
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Puts a snapshot in force. Called at the start, and before each change of models, routes or settings is answered. */
  readonly publish: (snapshot: Snapshot) => void;
  /** Calls a model's server for `POST /models/{id}/check`. Never rejects for a model that fails: the report says so. */
  readonly checkModel: (model: Model) => Promise<CheckReport>;
  /** Asks an address what it is, for `POST /model-servers/look`. */
  readonly lookAtServer: ServerLook;
  /** The gateway's live breakers; asked for once both planes are there. */
  readonly breakers: () => Breakers;
  /** The conversations that the gateway serves; asked for likewise. */
  readonly conversations: () => Conversations;
  /** The index of the journal, to draw answers from; asked for likewise. */
  readonly answers: ControlCore['answers'];
  /** Parsed content of SLUICE_CONFIG; null without one. */
  readonly ownedConfig?: unknown;
  /** What messages call that file. */
  readonly ownedConfigName?: string | null;
  /** Counts for the gates of rollouts; asked for once all planes are there. */
  readonly metrics: () => MetricSource;
  /** How often rollouts are looked at; ten seconds unless a demo or a proof has less time. */
  readonly rolloutTickMs?: number;
  /** SLUICE_ADMIN_KEY; null without one. */
  readonly adminKey: string | null;
}

export interface Started {
  readonly madeAdminKey: string | null;
  readonly snapshot: Snapshot;
  /** As an earlier process left them. */
  readonly savedBreakers: readonly SavedBreaker[];
}

export interface Control {
  /**
   * Loads the store, applies the declarative file, makes an admin key when there is no way in, and publishes the
   * first snapshot. `madeAdminKey` is the text of a key that was made just now. Throws with one clear line when the
   * master key is another one, the file or the admin key is not valid.
   */
  start(): Promise<Started>;
  /** Knows nobody before the start. */
  readonly access: AccessTable;
  /** Throws before the start. */
  core(): ControlCore;
  /** Finishes the changes under way and closes the store. */
  close(): Promise<void>;
}

/** The control plane: everything that decides what the gateway's next snapshot is. */
export function createControl(options: ControlOptions): Control {
  const { store, secretBox, adminKey } = options;
  const keys = createAccessTable(secretBox, adminKey);
  let core: ControlCore | null = null;
  const sessions = createConsoleSessions({
    box: secretBox,
    clock: options.clock,
    isInForce: (id) => id === OUTSIDE_ADMIN_ID || core?.door.state().keys.has(id) === true,
  });
  const access = withChatKeys(keys, sessions, () => options.clock.nowMs());

  return {
    access,
    async start() {
      checkAdminKey(adminKey);
      const file = ownedConfigOf(options);
      const stored = await store.load();
      const fence = await store.takeLease();
      const onKeys: Opening['onKeys'] = (changed) => keys.rebuild(changed);
      core = await openCore(options, { stored, file, fence, sessions, onKeys });
      if (file) await applyFile(core.door, file);
      const madeAdminKey = await ensureAdminKey(core);
      keys.rebuild(core.door.state().keys);
      options.publish(core.door.snapshot());
      return { madeAdminKey, snapshot: core.door.snapshot(), savedBreakers: stored.breakers };
    },
    core() {
      if (!core) throw new Error('the control plane has not been started');
      return core;
    },
    async close() {
      await core?.door.idle();
      await store.close();
      await options.alertStore.close();
    },
  };
}

function ownedConfigOf({ ownedConfig, ownedConfigName }: ControlOptions): OwnedConfig | null {
  if (ownedConfig === undefined || ownedConfig === null) return null;
  return checkOwnedConfig(ownedConfig, ownedConfigName ?? 'SLUICE_CONFIG');
}

interface Opening {
  readonly stored: StoredState;
  readonly file: OwnedConfig | null;
  readonly fence: number;
  readonly sessions: ConsoleSessions;
  readonly onKeys: (keys: ReadonlyMap<string, StoredKey>) => void;
}

async function openCore(
  options: ControlOptions,
  { stored, file, fence, sessions, onKeys }: Opening,
): Promise<ControlCore> {
  const { store, secretBox, alertStore, notifier, clock, ids } = options;
  if (stored.masterKeyId !== null && stored.masterKeyId !== secretBox.keyId) {
    throw new Error(
      `this data folder was made with master key ${stored.masterKeyId}, the present one is ${secretBox.keyId}; ` +
        'set SLUICE_SECRET_KEY (or restore the key file beside the data folder) as it was',
    );
  }
  const { breakers, rolloutTickMs = TICK_MS } = options;
  const stepping = { clock, breakers, fence, rolloutTickMs };
  const state = toState(stored, secretBox);
  const ownership = createOwnership(file, options.ownedConfigName ?? 'SLUICE_CONFIG');
  const door = createDoor({
    state,
    snapshot: compileSnapshot(state.version, configOf(state)),
    store,
    secretBox,
    clock,
    ownership,
    stepping,
    publish(next, snapshot) {
      onKeys(next.keys);
      options.publish(snapshot);
    },
  });
  if (stored.masterKeyId === null) await beginStore(door, secretBox.keyId);
  return {
    store,
    secretBox,
    alertStore,
    notifier,
    tests: createSerial({ limit: MAX_WAITING_TESTS }),
    ids,
    checkModel: options.checkModel,
    conversations: options.conversations,
    metrics: options.metrics,
    answers: options.answers,
    reviewDesk: createReviewDesk(),
    door,
    ownership,
    lookAtServer: options.lookAtServer,
    live: createLive({ door: () => door }),
    sessions,
    hasOutsideAdmin: options.adminKey !== null,
    ...stepping,
    rolloutLooks: new Map(),
  };
}
