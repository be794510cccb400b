import { isDeepStrictEqual } from 'node:util';
import type { AlertChannelDocument } from '../contract/alert-channel.ts';
import type { AlertRuleDocument } from '../contract/alert-rule.ts';
import type { ExperimentDocument } from '../contract/experiment.ts';
import type { ModelDocument } from '../contract/model.ts';
import type { ReviewDocument } from '../contract/review.ts';
import type { RouteDocument } from '../contract/route.ts';
import type { IntentsDocument, SettingsDocument } from '../contract/settings.ts';
import type { RolloutEvent } from '../domain/rollout/transition.ts';
import type { SavedBreaker } from '../ports/breakers.ts';
import type { Commit, ResourceKind, StoredKey, StoredResource } from '../ports/config-store.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { hasSameShares, type RolloutRecord, toStoredRollout } from './rollouts/record.ts';
import { type ControlState, channelPlace, INTENTS_ID, SETTINGS_ID, type Versioned } from './state.ts';

/** What a change wants different. Null deletes. Documents equal to the present ones are no change. */
export interface Edits {
  readonly models?: ReadonlyMap<string, ModelDocument | null>;
  readonly routes?: ReadonlyMap<string, RouteDocument | null>;
  readonly experiments?: ReadonlyMap<string, ExperimentDocument | null>;
  readonly settings?: SettingsDocument;
  readonly intents?: IntentsDocument;
  /** API keys by model id. */
  readonly secrets?: ReadonlyMap<string, string | null>;
  readonly keys?: ReadonlyMap<string, StoredKey | null>;
  readonly alertChannels?: ReadonlyMap<string, AlertChannelDocument | null>;
  readonly alertRules?: ReadonlyMap<string, AlertRuleDocument | null>;
  readonly reviews?: ReadonlyMap<string, ReviewDocument | null>;
  /** Breakers as they are now; they are no part of the configuration, and only kept. */
  readonly breakers?: readonly SavedBreaker[];
  readonly rollouts?: ReadonlyMap<string, RolloutRecord>;
  /** The changes that made them so; a rollout that is new, or of which only clocks moved, has none. */
  readonly rolloutEvents?: readonly { readonly rolloutId: string; readonly event: RolloutEvent }[];
  /** What the audit tells where no document speaks for itself. Null: nobody answers for it, and there is no entry. */
  readonly audited?: object | null;
  /** What was decided on the caller's behalf, one sentence each; for the answer. */
  readonly notes?: readonly string[];
}

/** The state after the edits. Its `version` is one more when a document changed. What did not change is the same object. */
export function applyEdits(state: ControlState, edits: Edits): ControlState {
  const version = state.version + 1;
  const models = overlay(state.models, edits.models, version);
  const routes = overlay(state.routes, edits.routes, version);
  const experiments = overlay(state.experiments, edits.experiments, version);
  const settings = replaced(state.settings, edits.settings, version);
  const intents = replaced(state.intents, edits.intents, version);
  const goneModels = [...state.models.keys()].filter((id) => !models.has(id));
  const goneSecrets = goneModels.map((id) => [id, null] as const);
  const secrets = patched(state.secrets, [...(edits.secrets ?? []), ...goneSecrets]);
  const keys = patched(state.keys, edits.keys ?? []);
  const rollouts = patched(state.rollouts, edits.rollouts ?? []);

  const same =
    hasSameShares({ models, routes, rollouts }, state) &&
    models === state.models &&
    routes === state.routes &&
    experiments === state.experiments &&
    settings === state.settings &&
    intents === state.intents;
  return {
    revision: state.revision + 1,
    version: same ? state.version : version,
    models,
    routes,
    experiments,
    settings,
    intents,
    secrets,
    keys,
    alertChannels: overlay(state.alertChannels, edits.alertChannels),
    alertRules: overlay(state.alertRules, edits.alertRules),
    rollouts,
    reviews: overlay(state.reviews, edits.reviews),
  };
}

/** What the store must write to get from one state to the next; audit and version record are the door's. */
export function commitParts(
  before: ControlState,
  after: ControlState,
  box: SecretBox,
): Omit<Commit, 'audit' | 'expectedRevision'> {
  const puts: StoredResource[] = [];
  const deletes: { kind: ResourceKind; id: string }[] = [];
  const compare = <D extends object>(
    kind: ResourceKind,
    old: ReadonlyMap<string, Versioned<D>>,
    now: ReadonlyMap<string, Versioned<D>>,
  ): void => {
    puts.push(...changed(old, now).map((one) => ({ kind, ...one })));
    deletes.push(...gone(old, now).map((id) => ({ kind, id })));
  };
  compare('model', before.models, after.models);
  compare('route', before.routes, after.routes);
  compare('experiment', before.experiments, after.experiments);
  compare('settings', new Map([[SETTINGS_ID, before.settings]]), new Map([[SETTINGS_ID, after.settings]]));
  compare('intents', new Map([[INTENTS_ID, before.intents]]), new Map([[INTENTS_ID, after.intents]]));

  const place = (id: string) => ({ kind: 'model' as const, id, field: 'api_key' });
  const changedSecrets = [...after.secrets].filter(([id, secret]) => before.secrets.get(id) !== secret);
  return {
    puts,
    deletes,
    secretPuts: changedSecrets.map(([id, secret]) => ({ ...place(id), sealed: box.seal(secret, place(id)) })),
    secretDeletes: gone(before.secrets, after.secrets).map(place),
    keyPuts: [...after.keys.values()].filter((key) => !before.keys.has(key.id)),
    keyDeletes: gone(before.keys, after.keys),
    alertChannelPuts: changed(before.alertChannels, after.alertChannels).map(({ id, version, document }) => ({
      id,
      version,
      sealed: box.seal(JSON.stringify(document), channelPlace(id)),
    })),
    alertChannelDeletes: gone(before.alertChannels, after.alertChannels),
    alertRulePuts: changed(before.alertRules, after.alertRules),
    alertRuleDeletes: gone(before.alertRules, after.alertRules),
    reviewPuts: changed(before.reviews, after.reviews),
    reviewDeletes: gone(before.reviews, after.reviews),
    breakerDeletes: gone(before.models, after.models),
  };
}

/** What the store must write of rollouts; nothing where none of them changed. */
export function rolloutParts(
  before: ControlState,
  after: ControlState,
  { edits, fence }: { readonly edits: Edits; readonly fence: number },
): Pick<Commit, 'rollouts'> {
  const puts = [...after.rollouts].filter(([id, record]) => before.rollouts.get(id) !== record);
  if (puts.length === 0) return {};
  const events = (edits.rolloutEvents ?? []).map(({ rolloutId, event }) => ({
    rolloutId,
    number: event.version,
    event,
  }));
  return { rollouts: { fence, puts: puts.map(([, record]) => toStoredRollout(record)), events } };
}

/** What was written between two states. */
function changed<D>(before: ReadonlyMap<string, Versioned<D>>, after: ReadonlyMap<string, Versioned<D>>) {
  return [...after].filter(([id, one]) => before.get(id) !== one).map(([id, one]) => ({ id, ...one }));
}

function gone(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...before.keys()].filter((id) => !after.has(id));
}

/**
 * Documents after their edits; those equal to the present ones keep their version. `version`: the number that changed
 * ones get; without it each counts its own.
 */
function overlay<D>(
  present: ReadonlyMap<string, Versioned<D>>,
  edits: ReadonlyMap<string, D | null> | undefined,
  version?: number,
): ReadonlyMap<string, Versioned<D>> {
  const replacement = (id: string, document: D): Versioned<D> => {
    const old = present.get(id);
    if (!old) return { document, version: version ?? 1 };
    return replaced(old, document, version ?? old.version + 1);
  };
  return patched(
    present,
    Array.from(
      edits ?? [],
      ([id, document]) => [id, document === null ? null : replacement(id, document)] as const,
    ),
  );
}

function replaced<D>(present: Versioned<D>, document: D | undefined, version: number): Versioned<D> {
  if (document === undefined || isDeepStrictEqual(present.document, document)) return present;
  return { document, version };
}

/** A map after its edits, null deleting; the same map when nothing differs, so that "did it change" is one comparison. */
function patched<V>(
  present: ReadonlyMap<string, V>,
  edits: Iterable<readonly [string, V | null]>,
): ReadonlyMap<string, V> {
  const next = new Map(present);
  for (const [id, value] of edits) {
    if (value === null) next.delete(id);
    else next.set(id, value);
  }
  const same = next.size === present.size && [...next].every(([id, value]) => present.get(id) === value);
  return same ? present : next;
}
