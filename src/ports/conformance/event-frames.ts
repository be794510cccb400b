import fc from 'fast-check';
import type { RequestRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import { JUDGE_REASONS } from '../../domain/judgement.ts';

export const START_MS = 1_750_000_000_000;
export const SPAN_MS = 600_000;

const model = fc.constantFrom('big', 'small', 'other');
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
const time = fc.integer({ min: START_MS, max: START_MS + SPAN_MS });
/** Few, so that sessions have many requests, and more than one batch tells of them. */
const session = fc.integer({ min: 0, max: 7 }).map((n) => `ses_${n}`);
const duration = fc.integer({ min: 0, max: 90_000 });

const attempt = fc.record({
  model_id: model,
  outcome: fc.constantFrom('error', 'client_abort'),
  error_class: fc.constantFrom('out_of_memory', 'timeout_idle'),
  upstream_status: fc.constant(500),
  latency_ms: duration,
  ttft_ms: fc.constant(null),
});

const request = fc.record({
  time_ms: time,
  user_id: maybe(fc.constantFrom('ann', 'bob', 'ses_1', 'eve', 'joe', 'sue')),
  user_source: fc.constantFrom('body:user', 'body:user', 'body:user', 'body:user', 'api_key'),
  user_created_at_ms: fc.option(time, { freq: 1 }),
  user_first_seen_ms: time,
  endpoint: fc.constantFrom('openai_chat', 'ollama_chat'),
  /** More often than not the one that the user's name tells. */
  arm: fc.constantFrom(null, 'own', 'own', 'own', 'own', 'own', 'own', 'own', 'control', 'forgotten'),
  session_instance: maybe(session),
  round: fc.integer({ min: 1, max: 4 }),
  route_id: maybe(fc.constantFrom('support', 'sales')),
  assigned_model_id: maybe(model),
  model_id: maybe(model),
  outcome: fc.constantFrom('ok', 'ok', 'ok', 'error', 'refused', 'client_abort'),
  latency_ms: duration,
  ttft_ms: maybe(fc.integer({ min: 0, max: 900 })),
  completion_tokens: maybe(fc.nat(500)),
  attempts: fc.array(attempt, { maxLength: 2 }),
});
type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

const verdict = maybe(fc.boolean());
/** `about`: the request, counted back from the last one; or the session. */
const later = fc.oneof(
  fc.record({
    kind: fc.constant('derived'),
    about: fc.nat(9),
    follow: verdict,
    intent: maybe(fc.constant('order')),
    task: verdict,
  }),
  fc.record({
    kind: fc.constant('judged'),
    about: fc.nat(9),
    reason: fc.constantFrom('done', 'vague', 'unclear', 'no_answer'),
  }),
  fc.record({
    kind: fc.constant('feedback'),
    about: maybe(fc.nat(9)),
    session,
    task: verdict,
    rating: maybe(fc.constantFrom(-1, 1)),
  }),
  fc.record({
    kind: fc.constant('session_end'),
    session,
    time,
    reason: fc.constantFrom('completed', 'abandoned'),
  }),
);

/** What a while leaves in the journal: requests, and words about them. Ids are given by `toFrames`. */
export const happenings = fc.array(
  fc.oneof({ weight: 3, arbitrary: request }, { weight: 2, arbitrary: later }),
  {
    minLength: 1,
    maxLength: 40,
  },
);
type Happening = typeof happenings extends fc.Arbitrary<(infer T)[]> ? T : never;

/** Frames of happenings that follow `before`; each batch's sessions are half its own and half those of all. */
export function toFrames(list: readonly Happening[], before: readonly Frame[], batch: number): Frame[] {
  const asked: RequestRecord[] = before.flatMap((frame) => (frame.kind === 'request' ? [frame.record] : []));
  const name = (id: string): string => (/[0-3]$/.test(id) ? id : `${id}_of_${batch}`);
  return list.flatMap((one): Frame[] => {
    if (!('kind' in one)) {
      const record = requestOf(
        one,
        `req_${asked.length}`,
        one.session_instance && name(one.session_instance),
      );
      asked.push(record);
      return [{ kind: 'request', record }];
    }
    if (one.kind === 'session_end') {
      const id = name(one.session);
      const call = { session_id: id, session_instance: id, reason: one.reason };
      return [{ kind: 'session_end', record: { time_ms: one.time, credential_id: 'key_1', ...call } }];
    }
    const about = one.about === null ? undefined : asked[asked.length - 1 - one.about];
    if (one.kind === 'judged') {
      if (!about?.session_instance) return [];
      const { request_id, session_instance, time_ms } = about;
      const { reason } = one;
      const task_completed = reason === 'no_answer' ? null : JUDGE_REASONS[reason];
      const verdict = { judge_model_id: 'big', task_completed, reason };
      return [{ kind: 'judged', record: { time_ms, request_id, session_instance, ...verdict } }];
    }
    if (one.kind === 'derived') {
      if (!about) return [];
      const { request_id, session_instance, time_ms } = about;
      const found = {
        is_follow_up: one.follow,
        follow_up_by: null,
        intent: one.intent,
        task_completed: one.task,
      };
      return [{ kind: 'derived', record: { time_ms, request_id, session_instance, ...found } }];
    }
    const said = { task_completed: one.task, rating: one.rating, comment: null };
    const id = about ? about.session_instance : name(one.session);
    const ids = { request_id: about?.request_id ?? null, session_id: id, session_instance: id };
    return [{ kind: 'feedback', record: { time_ms: START_MS, credential_id: 'key_1', ...ids, ...said } }];
  });
}

function requestOf(asked: Asked, requestId: string, instance: string | null): RequestRecord {
  const { outcome, model_id, attempts, latency_ms, ttft_ms } = asked;
  const own = (asked.user_id ?? '') < 'c' ? 'control' : 'treatment';
  const arm = asked.arm === 'own' ? own : asked.arm;
  const errorClass = outcome === 'ok' ? null : outcome === 'client_abort' ? 'client_abort' : 'upstream_5xx';
  const last = {
    model_id: model_id ?? 'small',
    outcome: outcome === 'refused' ? 'error' : outcome,
    error_class: errorClass,
    upstream_status: null,
    latency_ms,
    ttft_ms,
  } as const;
  return {
    ...PLAIN,
    ...asked,
    arm,
    experiment: arm === null ? null : 'exp',
    request_id: requestId,
    session_id: instance,
    session_instance: instance,
    error_class: errorClass,
    error_message: errorClass === null ? null : `Model ${model_id} failed: 出错了 of ${requestId}`,
    attempts: model_id === null ? attempts : [...attempts, last],
  };
}

const PLAIN = {
  credential_id: 'key_1',
  protocol: 'openai',
  stream: true,
  session_source: null,
  session_weak: false,
  opens_round: true,
  client_retry: 0,
  segment: null,
  requested_model: null,
  reason: null,
  audience: null,
  bucket: null,
  position: null,
  fallback: null,
  config_version: 1,
  status: 200,
  error_code: null,
  queued_ms: null,
  prompt_tokens: null,
  finish_reason: null,
  tool_calls: null,
  request_bytes: 1,
  answer_bytes: 1,
  rollout: null,
  stage: null,
  session_began_ms: null,
  opening_mark: null,
  pin_broken: null,
} as const;
