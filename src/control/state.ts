import type { AlertChannelDocument } from '../contract/alert-channel.ts';
import type { AlertRuleDocument } from '../contract/alert-rule.ts';
import type { ExperimentDocument } from '../contract/experiment.ts';
import { completeModel, type ModelDocument } from '../contract/model.ts';
import type { ReviewDocument } from '../contract/review.ts';
import type { RouteDocument } from '../contract/route.ts';
import type { IntentsDocument, SettingsDocument } from '../contract/settings.ts';
import { DEFAULT_SETTINGS, mergeSettings } from '../contract/settings.ts';
import { toConfig } from '../contract/to-domain.ts';
import type { Config } from '../domain/config.ts';
import type { StoredKey, StoredResource, StoredState } from '../ports/config-store.ts';
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts';
import { exposuresOf, type RolloutRecord, toRolloutRecord } from './rollouts/record.ts';

/** A document and the configuration version in which it last changed, or how often it was written. */
export interface Versioned<D> {
  readonly document: D;
  readonly version: number;
}

/** The documents that a configuration version consists of. */
export interface Documents {
  readonly models: ReadonlyMap<string, Versioned<ModelDocument>>;
  readonly routes: ReadonlyMap<string, Versioned<RouteDocument>>;
  readonly experiments: ReadonlyMap<string, Versioned<ExperimentDocument>>;
  readonly settings: Versioned<SettingsDocument>;
  readonly intents: Versioned<IntentsDocument>;
}

/** Everything in force, in memory; replaced whole by each change, never edited. */
export interface ControlState extends Documents {
  readonly revision: number;
  readonly version: number;
  /** API keys of model servers by model id, decrypted. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, StoredKey>;
  /** No part of any configuration version: each counts its own. Channels with their secrets. */
  readonly alertChannels: ReadonlyMap<string, Versioned<AlertChannelDocument>>;
  readonly alertRules: ReadonlyMap<string, Versioned<AlertRuleDocument>>;
  /** Each counts its own changes; what users see of them is part of the configuration version. */
  readonly rollouts: ReadonlyMap<string, RolloutRecord>;
  readonly reviews: ReadonlyMap<string, Versioned<ReviewDocument>>;
}

/** Ids under which the single documents are stored. */
export const SETTINGS_ID = 'settings';
export const INTENTS_ID = 'intents';

/** Where a sealed channel belongs. */
export function channelPlace(id: string): SecretPlace {
  return { kind: 'alert_channel', id, field: 'document' };
}

/** Makes the state from what the store holds. Throws when a secret cannot be opened. */
export function toState(stored: StoredState, box: SecretBox): ControlState {
  return {
    revision: stored.revision,
    version: stored.version,
    ...toDocuments(stored.resources),
    secrets: new Map(stored.secrets.map((secret) => [secret.id, box.open(secret.sealed, secret)])),
    keys: new Map(stored.keys.map((key) => [key.id, key])),
    alertChannels: new Map(
      stored.alertChannels.map(({ id, version, sealed }) => [
        id,
        { version, document: JSON.parse(box.open(sealed, channelPlace(id))) as AlertChannelDocument },
      ]),
    ),
    alertRules: new Map(
      stored.alertRules.map(({ id, version, document }) => [
        id,
        { version, document: document as AlertRuleDocument },
      ]),
    ),
    rollouts: new Map(stored.rollouts.map((rollout) => [rollout.id, toRolloutRecord(rollout)])),
    reviews: new Map(
      stored.reviews.map(({ id, version, document }) => [
        id,
        { version, document: { ...OLDER_REVIEW, ...(document as ReviewDocument) } },
      ]),
    ),
  };
}

/** What an older version's document of a review does not say. */
const OLDER_REVIEW = { mode: 'single' } as const;

/** Sorts stored documents by kind. They were validated when they were written. */
export function toDocuments(resources: readonly StoredResource[]): Documents {
  const ofKind = <D>(kind: StoredResource['kind']): Map<string, Versioned<D>> => {
    const found = resources.filter((resource) => resource.kind === kind);
    return new Map(found.map(({ id, version, document }) => [id, { version, document: document as D }]));
  };
  return {
    models: new Map(Array.from(ofKind<ModelDocument>('model'), completed)),
    routes: ofKind<RouteDocument>('route'),
    experiments: ofKind<ExperimentDocument>('experiment'),
    settings: withDefaults(ofKind<SettingsDocument>('settings').get(SETTINGS_ID)),
    intents: ofKind<IntentsDocument>('intents').get(INTENTS_ID) ?? { document: { intents: [] }, version: 0 },
  };
}

/** An older version's document knows fewer fields of a model. */
function completed([id, one]: [string, Versioned<ModelDocument>]): [string, Versioned<ModelDocument>] {
  return [id, { ...one, document: completeModel(one.document) }];
}

/** And fewer settings. */
function withDefaults(stored: Versioned<SettingsDocument> | undefined): Versioned<SettingsDocument> {
  if (stored === undefined) return { document: DEFAULT_SETTINGS, version: 0 };
  return { document: mergeSettings(DEFAULT_SETTINGS, stored.document), version: stored.version };
}

export function configOf(state: Documents & Pick<ControlState, 'secrets' | 'rollouts'>): Config {
  const config = toConfig(
    {
      models: [...state.models.values()].map(({ document }) => document),
      routes: [...state.routes.values()].map(({ document }) => document),
      experiments: [...state.experiments.values()].map(({ document }) => document),
      settings: state.settings.document,
      intents: state.intents.document.intents,
    },
    state.secrets,
  );
  return { ...config, exposures: exposuresOf(state) };
}
