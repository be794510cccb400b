import type {
  Audience,
  AudienceMatch,
  Config,
  IdentitySource,
  JournalSettings,
  JudgeSettings,
  Model,
  OpenExperiment,
  Route,
  Settings,
} from '../domain/config.ts';
import type { Intent } from '../domain/intent.ts';
import { parseNetwork } from '../domain/network.ts';
import { durationMs } from './duration.ts';
import { type ExperimentDocument, isOpen, toExperiment } from './experiment.ts';
import { toIntent } from './intent.ts';
import type { ModelDocument } from './model.ts';
import type { Audience as AudienceDocument, RouteDocument } from './route.ts';
import type { IntentsDocument, SettingsDocument } from './settings.ts';

/** What the store keeps of a configuration; complete documents, already validated. */
export interface ConfigDocuments {
  readonly models: readonly ModelDocument[];
  readonly routes: readonly RouteDocument[];
  readonly experiments: readonly ExperimentDocument[];
  readonly settings: SettingsDocument;
  readonly intents: IntentsDocument['intents'];
}

/** Maps documents to the words and units of the domain. `secrets`: decrypted API keys by model id. */
export function toConfig(documents: ConfigDocuments, secrets: ReadonlyMap<string, string>): Config {
  return {
    models: documents.models.map((model) => toModel(model, secrets.get(model.id) ?? null)),
    routes: documents.routes.map(toRoute),
    experiments: documents.experiments.filter(isOpen).map(toOpenExperiment),
    settings: toSettings(documents.settings),
    intents: toIntents(documents.intents),
  };
}

export function toModel(document: ModelDocument, apiKey: string | null): Model {
  const { breaker } = document;
  return {
    id: document.id,
    name: document.name,
    protocol: document.protocol,
    baseUrl: document.base_url,
    upstreamModel: document.upstream_model,
    connectTimeoutMs: durationMs(document.connect_timeout),
    timeoutMs: durationMs(document.timeout),
    idleTimeoutMs: durationMs(document.idle_timeout),
    totalTimeoutMs: durationMs(document.total_timeout),
    maxConcurrent: document.max_concurrent,
    maxQueue: document.max_queue,
    apiKey,
    options: document.options,
    systemPrompt: document.system_prompt,
    onOverflow: document.on_overflow,
    injectUsage: document.inject_usage,
    capture: document.capture,
    enabled: document.enabled,
    breaker: {
      enabled: breaker.enabled,
      errorRatePct: breaker.error_rate_pct,
      windowMs: durationMs(breaker.window),
      minRequests: breaker.min_requests,
      minFailures: breaker.min_failures,
      consecutiveFailures: breaker.consecutive_failures,
      openMs: durationMs(breaker.open),
      openFactor: breaker.open_factor,
      openMaxMs: durationMs(breaker.open_max),
      decayMs: durationMs(breaker.decay),
      probes: breaker.probes,
      probesAtOnce: breaker.probes_at_once,
      probeEveryMs: durationMs(breaker.probe_every),
    },
    fallbackModelId: breaker.fallback_model_id,
  };
}

export function toRoute(document: RouteDocument): Route {
  return {
    id: document.id,
    name: document.name,
    aliases: document.aliases,
    isDefault: document.default,
    enabled: document.enabled,
    stickiness: document.stickiness,
    stableModelId: document.stable_model_id,
    rules: document.rules.map((rule) => ({
      modelId: rule.model_id,
      steps: Math.round(rule.weight * 100),
      description: rule.description,
    })),
    audiences: document.audiences.map(toAudience),
  };
}

function toAudience(document: AudienceDocument): Audience {
  return { name: document.name, match: toMatch(document.match), modelId: document.model_id };
}

function toMatch(match: AudienceDocument['match']): AudienceMatch {
  if (match.user_ids !== undefined) return { kind: 'user_ids', ids: toSet(match.user_ids) };
  if (match.user_prefix !== undefined) return { kind: 'user_prefix', prefix: match.user_prefix };
  if (match.segment !== undefined) return { kind: 'segment', segment: match.segment };
  if (match.created_after !== undefined)
    return { kind: 'created_after', atMs: Date.parse(match.created_after) };
  throw new Error('an audience matches by one field');
}

/** A list of up to 10,000 ids becomes a set once, however many snapshots hold it. Documents never change. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function toSet(ids: readonly string[]): ReadonlySet<string> {
  const set = sets.get(ids) ?? new Set(ids);
  sets.set(ids, set);
  return set;
}

/** The same list for the same document, so that a snapshot can tell that nothing changed. */
const intents = new WeakMap<IntentsDocument['intents'], readonly Intent[]>();

function toIntents(documents: IntentsDocument['intents']): readonly Intent[] {
  const known = intents.get(documents) ?? documents.map(toIntent);
  intents.set(documents, known);
  return known;
}

function toOpenExperiment(document: ExperimentDocument): OpenExperiment {
  return {
    ...toExperiment(document),
    isRunning: document.status === 'running',
    stoppedArms: document.arms.filter((arm) => arm.stopped_at !== null).map(({ name }) => name),
  };
}

export function toSettings(document: SettingsDocument): Settings {
  return {
    unknownModel: document.routing.unknown_model,
    identityFallback: document.identity.fallback,
    userSources: document.identity.user_sources.map(toSource),
    sessionSources: document.identity.session_sources.map(toSource),
    anonymousChat: document.auth.anonymous_chat,
    corsOrigins: document.cors.origins,
    webhookNetworks: document.alerts.webhook_networks.flatMap((text) => parseNetwork(text) ?? []),
    maxBodyBytes: document.limits.body_bytes,
    sessionIdleMs: durationMs(document.sessions.idle),
    followUpPhrases: [...document.sessions.follow_up_phrases.zh, ...document.sessions.follow_up_phrases.en],
    journal: toJournalSettings(document.journal),
    judge: toJudgeSettings(document.judge),
  };
}

function toJournalSettings(document: SettingsDocument['journal']): JournalSettings {
  return {
    sync: document.sync,
    segmentBytes: document.segment_bytes,
    segmentAgeMs: durationMs(document.segment_age),
    keepEventsMs: durationMs(document.keep_events),
    keepTextsMs: durationMs(document.keep_texts),
    maxBytes: document.max_bytes,
    minFreeBytes: document.min_free_bytes,
  };
}

function toJudgeSettings(document: SettingsDocument['judge']): JudgeSettings {
  return {
    modelId: document.model_id,
    samplePercent: document.sample_percent,
    dailyBudget: document.daily_budget,
    waitMs: durationMs(document.wait),
    timeoutMs: durationMs(document.timeout),
    concurrency: document.concurrency,
  };
}

function toSource(label: string): IdentitySource {
  const rest = label.slice(label.indexOf(':') + 1);
  if (label.startsWith('body:')) return { kind: 'body', path: rest.split('.'), label };
  return { kind: 'header', name: rest.toLowerCase(), label };
}
