import Type, { type Static } from 'typebox';
import { DEFAULT_FOLLOW_UP_PHRASES } from '../domain/follow-up-phrases.ts';
import { CHANGE, DurationText, Id, Line, nullable, READ_ONLY, RESOURCE, strict } from './fields.ts';
import { Intent } from './intent.ts';

const Source = Type.String({
  pattern: '^(body:[A-Za-z0-9_-]{1,64}(\\.[A-Za-z0-9_-]{1,64}){0,7}|header:[A-Za-z0-9_-]{1,64})$',
  'x-form': 'body:PATH or header:NAME, such as body:metadata.user_id or header:X-User-Id',
  description: '`body:PATH` or `header:NAME`',
  examples: ['body:metadata.user_id', 'header:X-User-Id'],
});
const Sources = Type.Array(Source, {
  maxItems: 32,
  uniqueItems: true,
  description: 'the first that is found counts',
});

const ROUTING = { unknown_model: Type.Enum(['default_route', 'reject'] as const) };
const IDENTITY = {
  fallback: Type.Enum(['stable', 'api_key'] as const),
  user_sources: Sources,
  session_sources: Sources,
};
const AUTH = { anonymous_chat: Type.Boolean({ description: 'keyless chat, only on loopback' }) };
const CORS = {
  origins: Type.Array(Type.String({ format: 'origin', maxLength: 255 }), {
    maxItems: 100,
    uniqueItems: true,
  }),
};
const ALERTS = {
  webhook_networks: Type.Array(Type.String({ format: 'network', maxLength: 50, examples: ['10.0.0.0/8'] }), {
    maxItems: 100,
    uniqueItems: true,
    description: 'where webhooks of alerts may lead besides public addresses, and without TLS',
  }),
};
const LIMITS = { body_bytes: Type.Integer({ minimum: 1_024, maximum: 67_108_864 }) };
/** Looked for in each user message from a session's second on, so they are few and short. */
const FollowUpPhrases = Type.Array(Line(100, 1), { maxItems: 200, uniqueItems: true });
const FOLLOW_UP_PHRASES = { zh: FollowUpPhrases, en: FollowUpPhrases };
const FOLLOW_UP_PHRASES_TOLD = {
  description:
    'what users say who want the last answer again; a list that is written replaces the present one',
};
const SESSIONS = {
  idle: DurationText('1s', '7d'),
  follow_up_phrases: strict(FOLLOW_UP_PHRASES, FOLLOW_UP_PHRASES_TOLD),
};
/** Each list may be written by itself. */
const SESSIONS_WRITTEN = {
  ...SESSIONS,
  follow_up_phrases: Type.Partial(strict(FOLLOW_UP_PHRASES), {
    additionalProperties: false,
    ...FOLLOW_UP_PHRASES_TOLD,
  }),
};
const Bytes = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description });
const JOURNAL = {
  sync: Type.Boolean({
    description: 'an answer ends only when its event is on the disk, not just with the system',
  }),
  segment_bytes: { ...Bytes(65_536, 'a file of the journal is closed at this size'), maximum: 1_073_741_824 },
  segment_age: DurationText('1m', '30d'),
  keep_events: DurationText('1h', '3650d'),
  keep_texts: DurationText('1h', '3650d'),
  max_bytes: Bytes(1_048_576, 'beyond it the oldest files go, those of texts first'),
  min_free_bytes: Bytes(0, 'with less free space on the disk texts are not kept'),
};
const JUDGE = {
  model_id: {
    ...nullable(Id),
    description:
      'a model that judges first answers which neither feedback nor a rule decides; null: none does',
  },
  sample_percent: Type.Number({
    minimum: 0,
    maximum: 100,
    description: 'share of those answers that it is asked about',
  }),
  daily_budget: Type.Integer({
    minimum: 0,
    maximum: 10_000_000,
    description: 'calls of it in one day (UTC), repetitions included',
  }),
  wait: {
    ...DurationText('0s', '1h'),
    description: 'how long after an answer the client may say itself whether its task was completed',
  },
  timeout: DurationText('1s', '10m'),
  concurrency: Type.Integer({ minimum: 1, maximum: 4, description: 'calls of it at the same time' }),
};

const part = <const P extends Parameters<typeof strict>[0]>(properties: P) =>
  Type.Optional(Type.Partial(strict(properties), { additionalProperties: false }));
const SECTIONS = {
  routing: strict(ROUTING),
  identity: strict(IDENTITY),
  auth: strict(AUTH),
  cors: strict(CORS),
  alerts: strict(ALERTS),
  limits: strict(LIMITS),
  sessions: strict(SESSIONS),
  journal: strict(JOURNAL),
  judge: strict(JUDGE),
};
const PARTS = {
  routing: part(ROUTING),
  identity: part(IDENTITY),
  auth: part(AUTH),
  cors: part(CORS),
  alerts: part(ALERTS),
  limits: part(LIMITS),
  sessions: part(SESSIONS_WRITTEN),
  journal: part(JOURNAL),
  judge: part(JUDGE),
};

export const SettingsDocument = strict(SECTIONS);
export type SettingsDocument = Static<typeof SettingsDocument>;
/** Settings as they are written: what is not named keeps its value, or in a whole configuration its default. */
export const SettingsInput = strict(PARTS);
export type SettingsInput = Static<typeof SettingsInput>;
export const SettingsPatch = strict({ ...PARTS, ...READ_ONLY });
export const SettingsAnswer = strict({ ...SECTIONS, ...RESOURCE });
export type SettingsAnswer = Static<typeof SettingsAnswer>;
export const SettingsChange = strict({ ...SettingsAnswer.properties, ...CHANGE });

const Intents = Type.Array(Intent, {
  maxItems: 200,
  description: 'what users come for, each recognised by its phrases; the first that fits counts',
});
export const IntentsDocument = strict({ intents: Intents });
export type IntentsDocument = Static<typeof IntentsDocument>;
export const IntentsInput = strict({ intents: Intents, ...READ_ONLY });
export const IntentsAnswer = strict({ intents: Intents, ...RESOURCE });
export type IntentsAnswer = Static<typeof IntentsAnswer>;
export const IntentsChange = strict({ ...IntentsAnswer.properties, ...CHANGE });

/** The settings of a new installation. */
export const DEFAULT_SETTINGS: SettingsDocument = {
  routing: { unknown_model: 'default_route' },
  identity: {
    fallback: 'stable',
    user_sources: [
      'body:user_id',
      'header:X-User-Id',
      'body:safety_identifier',
      'body:user',
      'body:metadata.user_id',
      'header:X-OpenWebUI-User-Id',
      'header:x-litellm-end-user-id',
      'header:x-litellm-customer-id',
    ],
    session_sources: [
      'body:session_id',
      'header:X-Session-Id',
      'body:metadata.session_id',
      'header:X-OpenWebUI-Chat-Id',
      'header:x-openclaw-session-key',
      'header:x-claude-code-session-id',
    ],
  },
  auth: { anonymous_chat: false },
  cors: { origins: [] },
  alerts: { webhook_networks: [] },
  limits: { body_bytes: 4_194_304 },
  sessions: {
    idle: '15m',
    follow_up_phrases: {
      zh: [...DEFAULT_FOLLOW_UP_PHRASES.zh],
      en: [...DEFAULT_FOLLOW_UP_PHRASES.en],
    },
  },
  journal: {
    sync: false,
    segment_bytes: 67_108_864,
    segment_age: '1h',
    keep_events: '90d',
    keep_texts: '30d',
    max_bytes: 53_687_091_200,
    min_free_bytes: 536_870_912,
  },
  judge: {
    model_id: null,
    sample_percent: 100,
    daily_budget: 1_000,
    wait: '30s',
    timeout: '60s',
    concurrency: 1,
  },
};

/** Lays written settings over present ones, section by section. */
export function mergeSettings(present: SettingsDocument, written: SettingsInput): SettingsDocument {
  return {
    routing: { ...present.routing, ...written.routing },
    identity: { ...present.identity, ...written.identity },
    auth: { ...present.auth, ...written.auth },
    cors: { ...present.cors, ...written.cors },
    alerts: { ...present.alerts, ...written.alerts },
    limits: { ...present.limits, ...written.limits },
    sessions: {
      ...present.sessions,
      ...written.sessions,
      follow_up_phrases: {
        ...present.sessions.follow_up_phrases,
        ...written.sessions?.follow_up_phrases,
      },
    },
    journal: { ...present.journal, ...written.journal },
    judge: { ...present.judge, ...written.judge },
  };
}
