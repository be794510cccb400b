import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestRecord } from './event.ts';
import { RequestRecord as RequestSchema } from './event.ts';
import { framePieces, frameText, readFrame } from './frame.ts';
import { validate } from './validate.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('req_1', '用户', '"\\\n'));
const textOrNull = fc.option(text);
const count = fc.nat();
const countOrNull = fc.option(count);
const ms = fc.integer({ min: 0, max: 100_000_000 }).map((us) => us / 1000);
const msOrNull = fc.option(ms);
const outcome = fc.constantFrom('ok' as const, 'error' as const, 'client_abort' as const);

const attempt = fc.record({
  model_id: text,
  outcome,
  error_class: textOrNull,
  upstream_status: countOrNull,
  latency_ms: ms,
  ttft_ms: msOrNull,
});
const session = fc.oneof(
  fc.constant({ session_id: null, session_instance: null }),
  fc.record({ session_id: text, session_instance: text }),
  text.map((id) => ({ session_id: id, session_instance: id })),
);
const request: fc.Arbitrary<RequestRecord> = fc
  .record({
    time_ms: fc.nat(2 ** 43),
    request_id: text,
    credential_id: text,
    endpoint: text,
    protocol: text,
    stream: fc.boolean(),
    user_id: textOrNull,
    user_source: textOrNull,
    session_source: textOrNull,
    session_weak: fc.boolean(),
    round: countOrNull,
    opens_round: fc.boolean(),
    client_retry: count,
    segment: textOrNull,
    user_created_at_ms: fc.option(fc.nat(2 ** 43)),
    user_first_seen_ms: fc.option(fc.nat(2 ** 43)),
    requested_model: textOrNull,
    route_id: textOrNull,
    reason: textOrNull,
    audience: textOrNull,
    bucket: countOrNull,
    position: countOrNull,
    assigned_model_id: textOrNull,
    model_id: textOrNull,
    fallback: textOrNull,
    config_version: count,
    status: count,
    outcome,
    error_class: textOrNull,
    error_code: textOrNull,
    error_message: textOrNull,
    attempts: fc.array(attempt, { maxLength: 3 }),
    queued_ms: msOrNull,
    latency_ms: ms,
    ttft_ms: msOrNull,
    prompt_tokens: countOrNull,
    completion_tokens: countOrNull,
    finish_reason: textOrNull,
    tool_calls: countOrNull,
    request_bytes: count,
    answer_bytes: count,
    rollout: textOrNull,
    stage: countOrNull,
    experiment: textOrNull,
    arm: textOrNull,
    session_began_ms: fc.option(fc.nat(2 ** 43)),
    opening_mark: fc.option(fc.integer()),
    pin_broken: textOrNull,
  })
  .chain((rest) => session.map((names) => ({ ...rest, ...names })));

describe('a frame', () => {
  it('gives every request back as it was, with every field of the schema', () => {
    fc.assert(
      fc.property(request, (record) => {
        const frame = readFrame(frameText('request', record));
        expect(frame).toEqual({ kind: 'request', record });
        expect(Object.keys(frame?.record ?? {}).sort()).toEqual(Object.keys(RequestSchema.properties).sort());
      }),
    );
  });

  it('keeps the other kinds as they are', () => {
    const feedback = { time_ms: 1, credential_id: 'key_1', request_id: 'req_1', session_id: null };
    const record = { ...feedback, session_instance: null, task_completed: true, rating: -1, comment: '好' };
    expect(readFrame(frameText('feedback', record))).toEqual({ kind: 'feedback', record });
  });

  it('take the JSON of a text as it came', () => {
    const said = { role: 'user', content: 'Où? 在哪里\n"here"' };
    const rest = { time_ms: 1, request_id: 'req_1', user_id: 'é', session_instance: null };
    const end = { answer: '好', thinking: null, is_cut: false };
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 4 }), (areRaw) => {
        const messages = areRaw.map((isRaw) => ({
          ...said,
          content: isRaw ? Buffer.from(JSON.stringify(said.content)) : said.content,
        }));
        const pieces = framePieces('text', { ...rest, messages, ...end }).map((piece) =>
          Buffer.from(piece as string),
        );
        expect(readFrame(Buffer.concat(pieces).toString())).toEqual({
          kind: 'text',
          record: { ...rest, messages: areRaw.map(() => said), ...end },
        });
      }),
    );
  });

  it('is read where it was written by a version with fewer fields, or more, or other kinds', () => {
    const [record] = fc.sample(request, 1) as [RequestRecord];
    const stored = JSON.parse(frameText('request', record)) as unknown[];
    for (let length = 1; length <= stored.length; length += 1) {
      const read = readFrame(JSON.stringify(stored.slice(0, length)));
      expect(validate(RequestSchema, read?.record)).toMatchObject({ ok: true });
    }
    expect(readFrame(JSON.stringify([...stored, 'new', { field: 1 }]))?.record).toEqual(record);
    expect(readFrame('["verdict",{}]')).toBeNull();
  });

  it('has its fields where they have always been: a new one goes to the end', () => {
    const record = readFrame('["request"]')?.record ?? {};
    expect(Object.keys(record).join(' ')).toMatchInlineSnapshot(
      `"time_ms request_id credential_id endpoint protocol stream user_id user_source session_id session_instance session_source session_weak round opens_round client_retry segment user_created_at_ms user_first_seen_ms requested_model route_id reason audience bucket position assigned_model_id model_id fallback config_version status outcome error_class error_code error_message attempts queued_ms latency_ms ttft_ms prompt_tokens completion_tokens finish_reason tool_calls request_bytes answer_bytes rollout stage experiment arm session_began_ms opening_mark pin_broken"`,
    );
  });
});
