import Type, { type Static } from 'typebox';
import { JUDGE_FAILURES, JUDGE_REASONS, type JudgeFailure, type JudgeReason } from '../domain/judgement.ts';
import { nullable, strict } from './fields.ts';

const Count = nullable(Type.Integer({ minimum: 0 }));
const Duration = nullable(Type.Number({ minimum: 0, description: 'milliseconds' }));
const Text = nullable(Type.String());

/** One call to one model on behalf of a request. */
export const AttemptRecord = strict({
  model_id: Type.String(),
  outcome: Type.Enum(['ok', 'error', 'client_abort'] as const),
  error_class: Text,
  upstream_status: Count,
  latency_ms: Type.Number({ minimum: 0 }),
  ttft_ms: Duration,
});
export type AttemptRecord = Static<typeof AttemptRecord>;

/** The record of one chat request: a journal frame of kind `request`. Absent facts are null, never empty text or 0. */
export const RequestRecord = strict({
  time_ms: Type.Number({ description: 'arrival of the last byte of the request, epoch milliseconds' }),
  request_id: Type.String(),
  credential_id: Type.String(),
  endpoint: Type.String({ examples: ['openai_chat'] }),
  protocol: Type.String({ examples: ['openai'] }),
  stream: Type.Boolean(),
  user_id: Text,
  user_source: Text,
  session_id: Text,
  session_instance: {
    ...Text,
    description: 'one of a kind, while an ended session_id may be taken up again',
  },
  session_source: Text,
  session_weak: Type.Boolean({ description: 'recognised by its opening words, for an unknown user' }),
  round: Count,
  opens_round: Type.Boolean(),
  client_retry: Type.Integer({
    minimum: 0,
    description: 'x-stainless-retry-count: which repetition this is',
  }),
  segment: Text,
  user_created_at_ms: nullable(Type.Number()),
  user_first_seen_ms: nullable(Type.Number()),
  requested_model: Text,
  route_id: Text,
  reason: Text,
  audience: Text,
  bucket: Count,
  position: Count,
  assigned_model_id: Text,
  model_id: { ...Text, description: 'the model that answered, or failed last' },
  fallback: Text,
  config_version: Type.Integer({ minimum: 0 }),
  status: Type.Integer({
    minimum: 0,
    description: 'HTTP status that the client got; 0 when none reached it',
  }),
  outcome: Type.Enum(['ok', 'error', 'refused', 'client_abort'] as const),
  error_class: Text,
  error_code: Text,
  error_message: Text,
  attempts: Type.Array(AttemptRecord),
  queued_ms: Duration,
  latency_ms: Type.Number({
    minimum: 0,
    description: 'last byte of the request in to last byte of the answer out',
  }),
  ttft_ms: Duration,
  prompt_tokens: Count,
  completion_tokens: Count,
  finish_reason: Text,
  tool_calls: Count,
  request_bytes: Type.Integer({ minimum: 0 }),
  answer_bytes: Type.Integer({ minimum: 0 }),
  rollout: {
    ...Text,
    description: 'id of the rollout that assigned the model, or in whose control group the user is',
  },
  stage: { ...Count, description: 'of that rollout, from 0' },
  experiment: { ...Text, description: 'id of the experiment that assigned the model' },
  arm: { ...Text, description: 'of that experiment' },
  session_began_ms: { ...Duration, description: 'first request of the session, epoch milliseconds' },
  opening_mark: nullable(
    Type.Integer({ description: '32 bits that stand for the opening words of a session without an id' }),
  ),
  pin_broken: {
    ...Text,
    description: 'why a conversation that stays on its model left it: disabled, breaker, retired',
  },
});
export type RequestRecord = Static<typeof RequestRecord>;

/** A caller's verdict on a request or a session: a journal frame of kind `feedback`. */
export const FeedbackRecord = strict({
  time_ms: Type.Number(),
  credential_id: Type.String(),
  request_id: Text,
  session_id: Text,
  session_instance: Text,
  task_completed: nullable(Type.Boolean()),
  rating: nullable(Type.Integer()),
  comment: Text,
});
export type FeedbackRecord = Static<typeof FeedbackRecord>;

/** A caller's word that a session is over: a journal frame of kind `session_end`. */
export const SessionEndRecord = strict({
  time_ms: Type.Number(),
  credential_id: Type.String(),
  session_id: Type.String(),
  session_instance: Text,
  reason: Type.Enum(['completed', 'abandoned'] as const),
});
export type SessionEndRecord = Static<typeof SessionEndRecord>;

/** What a request's texts tell, found off its path: a journal frame of kind `derived`. */
export const DerivedRecord = strict({
  time_ms: Type.Number(),
  request_id: Type.String(),
  session_instance: Text,
  is_follow_up: nullable(
    Type.Boolean({ description: 'null in a first round, and where nothing could be read' }),
  ),
  follow_up_by: Text,
  intent: { ...Text, description: 'of the first user message of a session' },
  task_completed: nullable(Type.Boolean({ description: 'by the rule of the intent' })),
});
export type DerivedRecord = Static<typeof DerivedRecord>;

/** What a judge model made of the first answer of a session: a journal frame of kind `judged`, one a session. */
export const JudgedRecord = strict({
  time_ms: Type.Number(),
  request_id: Type.String({ description: 'whose answer was judged' }),
  session_instance: Type.String(),
  judge_model_id: Type.String(),
  task_completed: nullable(Type.Boolean({ description: 'null where the judge could not tell, or failed' })),
  // A word of a list, because a sentence could quote what was said and would outlive the texts.
  reason: Type.Enum([...Object.keys(JUDGE_REASONS), ...JUDGE_FAILURES] as (JudgeReason | JudgeFailure)[]),
});
export type JudgedRecord = Static<typeof JudgedRecord>;

/** What was said in a request, where its model's `capture` is full: a frame of kind `text`, in a log of its own. */
export const TextRecord = strict({
  time_ms: Type.Number(),
  request_id: Type.String(),
  user_id: Text,
  session_instance: Text,
  messages: Type.Array(strict({ role: Type.String(), content: Type.String() }), {
    description: "this request's new messages; images and tool calls are left out",
  }),
  answer: Type.String(),
  thinking: Text,
  is_cut: Type.Boolean({ description: 'more was said than is kept of one request' }),
  before: Type.Optional(
    nullable(
      Type.Integer({
        minimum: 0,
        description:
          'messages that the client sent before these; null where it asked for more than texts can hold: images, tools, a form',
      }),
    ),
  ),
});
export type TextRecord = Static<typeof TextRecord>;
