import type { BreakerConfig, Config, Model, Route, Settings } from '../src/domain/config.ts';
import type { Intent } from '../src/domain/intent.ts';
import type { RequestFacts } from '../src/domain/routing.ts';

export const BREAKER: BreakerConfig = {
  enabled: true,
  errorRatePct: 3,
  windowMs: 300_000,
  minRequests: 20,
  minFailures: 5,
  consecutiveFailures: 5,
  openMs: 300_000,
  openFactor: 1,
  openMaxMs: 1_800_000,
  decayMs: 600_000,
  probes: 5,
  probesAtOnce: 2,
  probeEveryMs: 30_000,
};

/** A model with the defaults of CONTRACT §4; override what a test is about. */
export function modelOf(id: string, more: Partial<Model> = {}): Model {
  return {
    id,
    name: id,
    protocol: 'ollama',
    baseUrl: 'http://127.0.0.1:11434',
    upstreamModel: id,
    connectTimeoutMs: 2_000,
    timeoutMs: 120_000,
    idleTimeoutMs: 60_000,
    totalTimeoutMs: 1_800_000,
    maxConcurrent: 32,
    maxQueue: 128,
    apiKey: null,
    options: null,
    systemPrompt: null,
    onOverflow: 'truncate',
    injectUsage: false,
    capture: 'full',
    enabled: true,
    breaker: BREAKER,
    fallbackModelId: null,
    ...more,
  };
}

/** A default route whose rules are given as `[model id, weight in percent]`; the first model is stable. */
export function routeOf(
  id: string,
  rules: readonly (readonly [string, number])[],
  more: Partial<Route> = {},
): Route {
  return {
    id,
    name: id,
    aliases: [],
    isDefault: true,
    enabled: true,
    stickiness: 'user',
    stableModelId: rules[0]?.[0] ?? '',
    rules: rules.map(([modelId, weight]) => ({ modelId, steps: Math.round(weight * 100), description: '' })),
    audiences: [],
    ...more,
  };
}

export const SETTINGS: Settings = {
  unknownModel: 'default_route',
  identityFallback: 'stable',
  userSources: [
    { kind: 'body', path: ['user_id'], label: 'body:user_id' },
    { kind: 'header', name: 'x-user-id', label: 'header:X-User-Id' },
    { kind: 'body', path: ['user'], label: 'body:user' },
  ],
  sessionSources: [
    { kind: 'body', path: ['session_id'], label: 'body:session_id' },
    { kind: 'header', name: 'x-session-id', label: 'header:X-Session-Id' },
  ],
  anonymousChat: false,
  corsOrigins: [],
  webhookNetworks: [],
  maxBodyBytes: 4 * 1024 * 1024,
  sessionIdleMs: 15 * 60_000,
  followUpPhrases: [],
  journal: {
    sync: false,
    segmentBytes: 64 * 1024 * 1024,
    segmentAgeMs: 3_600_000,
    keepEventsMs: 90 * 86_400_000,
    keepTextsMs: 30 * 86_400_000,
    maxBytes: 50 * 1024 ** 3,
    minFreeBytes: 0,
  },
  judge: {
    modelId: null,
    samplePercent: 100,
    dailyBudget: 1_000,
    waitMs: 0,
    timeoutMs: 60_000,
    concurrency: 1,
  },
};

export function configOf(
  models: readonly Model[],
  routes: readonly Route[],
  settings: Settings = SETTINGS,
  intents: readonly Intent[] = [],
): Config {
  return { models, routes, experiments: [], settings, intents };
}

/** Of a request that says nothing about itself, with a key that may name any model. */
export const NO_FACTS: RequestFacts = {
  overrideModelId: null,
  routeName: null,
  modelName: null,
  mayOverride: true,
  userId: null,
  segment: null,
  createdAtMs: null,
  pin: null,
};
