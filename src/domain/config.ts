import type { Experiment } from './experiment.ts';
import type { Intent } from './intent.ts';
import type { Network } from './network.ts';

/** What the operator configured, in the words and units of the domain. `contract/` maps the wire form to it. */
export type Protocol = 'ollama' | 'openai';
export type Capture = 'full' | 'derived' | 'off';
export type Overflow = 'truncate' | 'error';

/** Circuit breaker numbers of one model. */
export interface BreakerConfig {
  readonly enabled: boolean;
  readonly errorRatePct: number;
  readonly windowMs: number;
  readonly minRequests: number;
  readonly minFailures: number;
  readonly consecutiveFailures: number;
  readonly openMs: number;
  /** Each trip that is not forgotten yet makes the next opening so many times longer, up to `openMaxMs`. */
  readonly openFactor: number;
  readonly openMaxMs: number;
  /** Closed for so long, one trip is forgotten. */
  readonly decayMs: number;
  /** Good probes that close it, and how many run at once after the first. */
  readonly probes: number;
  readonly probesAtOnce: number;
  /** Without a user to try the model, Sluice asks it itself, so often. */
  readonly probeEveryMs: number;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly protocol: Protocol;
  /** Without a trailing slash; an `openai` address ends in `/v1`. */
  readonly baseUrl: string;
  readonly upstreamModel: string;
  readonly connectTimeoutMs: number;
  /** From admission to the first frame; for an answer that is not streamed, to its end. */
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxConcurrent: number;
  readonly maxQueue: number;
  /** Sent to the model server as `Authorization: Bearer`; decrypted, in memory only. */
  readonly apiKey: string | null;
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly systemPrompt: string | null;
  readonly onOverflow: Overflow;
  readonly injectUsage: boolean;
  readonly capture: Capture;
  readonly enabled: boolean;
  readonly breaker: BreakerConfig;
  readonly fallbackModelId: string | null;
}

export interface Rule {
  readonly modelId: string;
  /** Weight in steps of 0.01 %: 0–10000. Whole numbers, so that a sum is exact. */
  readonly steps: number;
  readonly description: string;
}

export type AudienceMatch =
  | { readonly kind: 'user_ids'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'user_prefix'; readonly prefix: string }
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'created_after'; readonly atMs: number };

export interface Audience {
  readonly name: string;
  readonly match: AudienceMatch;
  readonly modelId: string;
}

export interface Route {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly isDefault: boolean;
  readonly enabled: boolean;
  readonly stickiness: 'user' | 'conversation';
  readonly stableModelId: string;
  readonly rules: readonly Rule[];
  readonly audiences: readonly Audience[];
}

/** Where an identity may stand in a request: a path of the JSON body, or a header (lower case). */
export type IdentitySource =
  | { readonly kind: 'body'; readonly path: readonly string[]; readonly label: string }
  | { readonly kind: 'header'; readonly name: string; readonly label: string };

/** How the record of events is kept. */
export interface JournalSettings {
  /** An answer ends only when its event is on the disk. */
  readonly sync: boolean;
  /** A segment is closed at this size, or this long after its beginning. */
  readonly segmentBytes: number;
  readonly segmentAgeMs: number;
  readonly keepEventsMs: number;
  readonly keepTextsMs: number;
  /** Of all segments; beyond it the oldest go, texts first. */
  readonly maxBytes: number;
  /** With less free space on the disk texts are not kept. */
  readonly minFreeBytes: number;
}

/** Whom Sluice asks whether a task was completed, where nobody else says so, and how often. */
export interface JudgeSettings {
  /** Null: no model is asked. */
  readonly modelId: string | null;
  /** Of the answers that a judge model could be asked about, 0–100. */
  readonly samplePercent: number;
  /** Calls in one day (UTC), repetitions included. */
  readonly dailyBudget: number;
  /** How long the client's own word is waited for. */
  readonly waitMs: number;
  /** Of one call, to the end of its answer. */
  readonly timeoutMs: number;
  /** Calls at the same time. */
  readonly concurrency: number;
}

export interface Settings {
  readonly unknownModel: 'default_route' | 'reject';
  readonly identityFallback: 'stable' | 'api_key';
  readonly userSources: readonly IdentitySource[];
  readonly sessionSources: readonly IdentitySource[];
  readonly anonymousChat: boolean;
  readonly corsOrigins: readonly string[];
  /** Where webhooks of alerts may lead besides public addresses. */
  readonly webhookNetworks: readonly Network[];
  readonly maxBodyBytes: number;
  readonly sessionIdleMs: number;
  /** What users say who want the last answer again, in all languages. */
  readonly followUpPhrases: readonly string[];
  readonly journal: JournalSettings;
  readonly judge: JudgeSettings;
}

/** An experiment that is not over. */
export interface OpenExperiment extends Experiment {
  readonly isRunning: boolean;
  /** Names of the arms that get nobody any more. */
  readonly stoppedArms: readonly string[];
}

/** Users whom an active rollout sends to its candidate: the last `steps` positions of its route. */
export interface Exposure {
  readonly rolloutId: string;
  readonly routeId: string;
  readonly candidateModelId: string;
  /** Counted from 0. */
  readonly stage: number;
  /** In steps of 0.01 %. */
  readonly steps: number;
}

export interface Config {
  readonly models: readonly Model[];
  readonly routes: readonly Route[];
  /** Those that are over are history, and no part of what is in force. */
  readonly experiments: readonly OpenExperiment[];
  /** Absent where no rollout is active; one a route at most. */
  readonly exposures?: readonly Exposure[];
  readonly settings: Settings;
  /** In written order: the first that fits a conversation counts. */
  readonly intents: readonly Intent[];
}
