import Type, { type Static } from 'typebox';
import {
  CHANGE,
  ConfigVersion,
  DurationText,
  Id,
  Line,
  nullable,
  Page,
  READ_ONLY,
  RESOURCE,
  strict,
} from './fields.ts';

const BREAKER = {
  enabled: Type.Boolean(),
  error_rate_pct: Type.Number({
    minimum: 0.01,
    maximum: 100,
    description: 'opens at this share of failures',
  }),
  window: DurationText('1s', '1h'),
  min_requests: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  min_failures: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  consecutive_failures: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  open: DurationText('1s', '24h'),
  open_factor: Type.Number({
    minimum: 1,
    maximum: 10,
    description: 'each trip that is not forgotten yet makes the next opening so many times longer',
  }),
  open_max: DurationText('1s', '24h'),
  decay: DurationText('1s', '24h'),
  probes: Type.Integer({ minimum: 1, maximum: 100, description: 'good probes that close it' }),
  probes_at_once: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: 'after the first, which goes alone',
  }),
  probe_every: DurationText('1s', '24h'),
  fallback_model_id: nullable(Id),
};
export const Breaker = strict(BREAKER);
const DEFAULT_BREAKER: Static<typeof Breaker> = {
  enabled: true,
  error_rate_pct: 3.0,
  window: '5m',
  min_requests: 20,
  min_failures: 5,
  consecutive_failures: 5,
  open: '300s',
  open_factor: 1,
  open_max: '30m',
  decay: '10m',
  probes: 5,
  probes_at_once: 2,
  probe_every: '30s',
  fallback_model_id: null,
};
const BreakerPatch = Type.Partial(Breaker, { additionalProperties: false });

/** What a stored secret looks like in answers: four dots, and the last four characters of a long one. */
export const SECRET_MASK = '••••';

const ApiKey = nullable(
  Type.String({
    pattern: '^([\\u0021-\\u007e]{1,1024}|••••[\\u0021-\\u007e]{0,4})$',
    'x-form': '1 to 1024 visible ASCII characters',
    writeOnly: true,
    description:
      'sent to the model server as `Authorization: Bearer`. Stored encrypted, never shown again: answers hold null, ' +
      '`••••`, or `••••` and the last four characters of a key of 20 or more. The mask given back keeps the stored ' +
      'key, null removes it, and so is a key no part of any configuration version.',
  }),
);

/** Fields of a model that have a default, with their schemas. */
const DEFAULTED = {
  name: Line(200, 1),
  connect_timeout: DurationText('1ms', '5m'),
  timeout: DurationText('1ms', '24h'),
  idle_timeout: DurationText('1ms', '24h'),
  total_timeout: DurationText('1ms', '7d'),
  max_concurrent: Type.Integer({ minimum: 1, maximum: 10_000 }),
  max_queue: Type.Integer({ minimum: 0, maximum: 100_000 }),
  options: nullable(
    Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' }), Type.Unknown(), {
      additionalProperties: false,
      maxProperties: 64,
      'x-key-form': 'up to 64 letters, digits, dots, - and _, the first a letter',
      description: 'options of the model server, e.g. num_ctx; sampling options of the caller win over these',
    }),
  ),
  system_prompt: nullable(Type.String({ maxLength: 262_144, description: "goes before the caller's" })),
  on_overflow: Type.Enum(['truncate', 'error'] as const),
  inject_usage: Type.Boolean(),
  capture: Type.Enum(['full', 'derived', 'off'] as const),
  enabled: Type.Boolean(),
};
const REQUIRED = {
  protocol: Type.Enum(['ollama', 'openai'] as const),
  base_url: Type.String({
    format: 'base-url',
    minLength: 1,
    maxLength: 2_048,
    description: 'http or https, without credentials, query or fragment; for `openai` it ends in /v1',
    examples: ['http://127.0.0.1:11434'],
  }),
  upstream_model: Line(255, 1),
};

/** A model as the store keeps it: complete, and without its secret. */
const ModelDocument = strict({ id: Id, ...REQUIRED, ...DEFAULTED, breaker: Breaker });
export type ModelDocument = Static<typeof ModelDocument>;

const OPTIONAL = {
  ...Type.Partial(strict(DEFAULTED)).properties,
  api_key: Type.Optional(ApiKey),
  breaker: Type.Optional(BreakerPatch),
};
/** A model as an operator writes it, also in the declarative file. */
export const ModelInput = strict({ id: Id, ...REQUIRED, ...OPTIONAL });
export type ModelInput = Static<typeof ModelInput>;

export const ModelPatch = strict({ ...Type.Partial(strict(REQUIRED)).properties, ...OPTIONAL, ...READ_ONLY });
export type ModelPatch = Static<typeof ModelPatch>;

/** A model with its secret masked, as GET /config shows it. */
export const MaskedModel = strict({ ...ModelDocument.properties, api_key: ApiKey });
export type MaskedModel = Static<typeof MaskedModel>;
export const ModelAnswer = strict({ ...MaskedModel.properties, ...RESOURCE });
export type ModelAnswer = Static<typeof ModelAnswer>;
export const ModelChange = strict({ ...ModelAnswer.properties, ...CHANGE });
export const ModelPage = Page(ModelAnswer);

const CallReport = strict({
  ok: Type.Boolean(),
  latency_ms: nullable(Type.Number({ minimum: 0 })),
  first_token_ms: nullable(Type.Number({ minimum: 0, description: 'null where the call is not streamed' })),
  error: nullable(strict({ class: Type.String(), message: Type.String() })),
});
export const CheckReport = strict({
  model_id: Id,
  ok: Type.Boolean(),
  plain: CallReport,
  stream: CallReport,
});
export type CheckReport = Static<typeof CheckReport>;

export const Deleted = strict({
  id: Type.String(),
  deleted: Type.Literal(true),
  config_version: ConfigVersion,
});

/** A model with everything that was not written filled in. */
export function completeModel(input: ModelInput): ModelDocument {
  return {
    id: input.id,
    name: input.name ?? input.id,
    protocol: input.protocol,
    base_url: input.base_url.replace(/\/+$/, ''),
    upstream_model: input.upstream_model,
    connect_timeout: input.connect_timeout ?? '2s',
    timeout: input.timeout ?? '120s',
    idle_timeout: input.idle_timeout ?? '60s',
    total_timeout: input.total_timeout ?? '30m',
    max_concurrent: input.max_concurrent ?? 32,
    max_queue: input.max_queue ?? 128,
    options: input.options ?? null,
    system_prompt: input.system_prompt ?? null,
    on_overflow: input.on_overflow ?? 'truncate',
    inject_usage: input.inject_usage ?? false,
    capture: input.capture ?? 'full',
    enabled: input.enabled ?? true,
    breaker: { ...DEFAULT_BREAKER, ...input.breaker },
  };
}
