import Type, { type Static } from 'typebox';
import { nullable, strict } from './fields.ts';

const Identity = nullable(
  Type.String({ maxLength: 512, description: '1–512 bytes; empty or null is as if absent' }),
);
const Named = nullable(Type.String({ maxLength: 255 }));

const Option = Type.Optional(nullable(Type.Number()));
/** Sampling options, in Ollama's names. What the runner loads a model with is the operator's to set. */
const ChatOptions = strict({
  temperature: Option,
  top_k: Option,
  top_p: Option,
  min_p: Option,
  typical_p: Option,
  repeat_last_n: Option,
  repeat_penalty: Option,
  presence_penalty: Option,
  frequency_penalty: Option,
  seed: Option,
  num_predict: Option,
  stop: Type.Optional(nullable(Type.Array(Type.String(), { maxItems: 100 }))),
});

/** `POST /v1/chat`. Unknown fields are refused here, and only here among the chat endpoints. */
export const ChatRequest = strict({
  messages: Type.Array(
    strict({ role: Type.Enum(['system', 'user', 'assistant'] as const), content: Type.String() }),
    { minItems: 1, maxItems: 10_000 },
  ),
  user_id: Type.Optional(Identity),
  session_id: Type.Optional(Identity),
  model_id: Type.Optional({ ...Named, description: 'this model, routing bypassed' }),
  route: Type.Optional({ ...Named, description: 'id or alias of a route' }),
  stream: Type.Optional(nullable(Type.Boolean({ default: false }))),
  options: Type.Optional(nullable(ChatOptions)),
  metadata: Type.Optional(
    nullable(
      Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
        description: 'read for identity (user_id, session_id) and audiences (segment); goes no further',
      }),
    ),
  ),
});
export type ChatRequest = Static<typeof ChatRequest>;

const Count = nullable(Type.Integer({ minimum: 0 }));
const Usage = strict({ prompt_tokens: Count, completion_tokens: Count, total_tokens: Count });
const Assignment = strict({
  route_id: nullable(Type.String()),
  reason: Type.String({ examples: ['rule'] }),
  bucket: nullable(Type.Integer({ minimum: 0, maximum: 99 })),
  assigned_model_id: Type.String(),
  fallback: nullable(Type.String({ examples: ['open'] })),
  config_version: Type.Integer(),
});
export const ChatAnswer = strict({
  id: Type.String(),
  model_id: Type.String(),
  session_id: Type.String(),
  message: strict({ role: Type.Literal('assistant'), content: Type.String() }),
  finish_reason: nullable(Type.String()),
  usage: Usage,
  assignment: Assignment,
});

const Verdict = {
  task_completed: Type.Optional(Type.Boolean()),
  rating: Type.Optional(Type.Enum([-1, 1] as const)),
  comment: Type.Optional(Type.String({ maxLength: 4_000 })),
};
const Target = Type.String({ minLength: 1, maxLength: 512 });

/** `POST /v1/feedback`: about one request or a whole session, with at least one verdict. */
export const FeedbackRequest = Type.Union([
  strict({ request_id: Target, session_id: Type.Optional(Target), ...Verdict }, { minProperties: 2 }),
  strict({ session_id: Target, ...Verdict }, { minProperties: 2 }),
]);
export type FeedbackRequest = Static<typeof FeedbackRequest>;

/** `POST /v1/sessions/{session_id}/end`. */
export const SessionEndRequest = strict({ reason: Type.Enum(['completed', 'abandoned'] as const) });
export type SessionEndRequest = Static<typeof SessionEndRequest>;

/** Errors of Sluice's own protocol. */
export const ChatError = strict({
  error: strict({ code: Type.String(), message: Type.String(), request_id: Type.String() }),
});
