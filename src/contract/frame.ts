import type {
  AttemptRecord,
  DerivedRecord,
  FeedbackRecord,
  JudgedRecord,
  RequestRecord,
  SessionEndRecord,
  TextRecord,
} from './event.ts';

/** What the journal holds, by kind. */
export interface FrameRecords {
  request: RequestRecord;
  feedback: FeedbackRecord;
  session_end: SessionEndRecord;
  derived: DerivedRecord;
  judged: JudgedRecord;
  text: TextRecord;
}
export type FrameKind = keyof FrameRecords;

/** What is written of a text: the contents of its messages, each as a text or as that text's JSON in UTF-8. */
export interface NewText extends Omit<TextRecord, 'messages'> {
  readonly messages: readonly { readonly role: string; readonly content: string | Uint8Array }[];
}
/** What may be written, by kind. */
export interface NewRecords extends Omit<FrameRecords, 'text'> {
  text: NewText;
}
/** A JSON text in pieces: strings, and UTF-8 as it came, which nobody decodes on its way to the disk. */
export type JsonPieces = readonly (string | Uint8Array)[];
export type Frame = { [K in FrameKind]: { readonly kind: K; readonly record: FrameRecords[K] } }[FrameKind];

/** How the text of every frame begins; damaged files are searched for it. */
export const FRAME_OPENING = '["';

/**
 * A request is stored as the list of its values, in the order of these fields: half the bytes and half the time of an
 * object, on the path of every request. The values here are what a reader takes for a field that a frame is too short
 * to have. So a new field goes to the end, and none is ever removed or moved. What is derived is stored the same way.
 */
const REQUEST: RequestRecord = {
  time_ms: 0,
  request_id: '',
  credential_id: '',
  endpoint: '',
  protocol: '',
  stream: false,
  user_id: null,
  user_source: null,
  session_id: null,
  session_instance: null,
  session_source: null,
  session_weak: false,
  round: null,
  opens_round: false,
  client_retry: 0,
  segment: null,
  user_created_at_ms: null,
  user_first_seen_ms: null,
  requested_model: null,
  route_id: null,
  reason: null,
  audience: null,
  bucket: null,
  position: null,
  assigned_model_id: null,
  model_id: null,
  fallback: null,
  config_version: 0,
  status: 0,
  outcome: 'error',
  error_class: null,
  error_code: null,
  error_message: null,
  attempts: [],
  queued_ms: null,
  latency_ms: 0,
  ttft_ms: null,
  prompt_tokens: null,
  completion_tokens: null,
  finish_reason: null,
  tool_calls: null,
  request_bytes: 0,
  answer_bytes: 0,
  rollout: null,
  stage: null,
  experiment: null,
  arm: null,
  session_began_ms: null,
  opening_mark: null,
  pin_broken: null,
};
/** The same for each of its attempts. */
const ATTEMPT: AttemptRecord = {
  model_id: '',
  outcome: 'error',
  error_class: null,
  upstream_status: null,
  latency_ms: 0,
  ttft_ms: null,
};
const DERIVED: DerivedRecord = {
  time_ms: 0,
  request_id: '',
  session_instance: null,
  is_follow_up: null,
  follow_up_by: null,
  intent: null,
  task_completed: null,
};

/** Where the values of a record stand in its list; behind the kind, which is the first of a frame's. */
export const REQUEST_PLACES = placesOf(REQUEST, 1);
export const DERIVED_PLACES = placesOf(DERIVED, 1);
export const ATTEMPT_PLACES = placesOf(ATTEMPT, 0);

type Places<T> = { readonly [K in keyof T]: number };

function placesOf<T extends object>(plain: T, first: number): Places<T> {
  return Object.fromEntries(Object.keys(plain).map((name, at) => [name, first + at])) as Places<T>;
}

/** The JSON text of a frame. Throws where a record is no JSON. */
export function frameText<K extends FrameKind>(kind: K, record: FrameRecords[K]): string {
  if (kind === 'request') return requestText(record as RequestRecord);
  if (kind === 'derived') return derivedText(record as DerivedRecord);
  return `["${kind}",${JSON.stringify(record)}]`;
}

/** The same of a record that is to be written. */
export function framePieces<K extends FrameKind>(kind: K, record: NewRecords[K]): JsonPieces {
  return kind === 'text' ? textPieces(record as NewText) : [frameText(kind, record as FrameRecords[K])];
}

function textPieces({ messages, ...rest }: NewText): JsonPieces {
  const pieces: (string | Uint8Array)[] = [];
  let text = `["text",${JSON.stringify(rest).slice(0, -1)},"messages":[`;
  messages.forEach(({ role, content }, index) => {
    text += `${index === 0 ? '' : ','}{"role":${JSON.stringify(role)},"content":`;
    if (typeof content === 'string') text += JSON.stringify(content);
    else {
      pieces.push(text, content);
      text = '';
    }
    text += '}';
  });
  pieces.push(`${text}]}]`);
  return pieces;
}

/** Field by field, which is twice as fast as a loop over `REQUEST_FIELDS`. */
function requestText(r: RequestRecord): string {
  return JSON.stringify([
    'request',
    r.time_ms,
    r.request_id,
    r.credential_id,
    r.endpoint,
    r.protocol,
    r.stream,
    r.user_id,
    r.user_source,
    r.session_id,
    r.session_instance === r.session_id ? null : r.session_instance, // most often the same, and long
    r.session_source,
    r.session_weak,
    r.round,
    r.opens_round,
    r.client_retry,
    r.segment,
    r.user_created_at_ms,
    r.user_first_seen_ms,
    r.requested_model,
    r.route_id,
    r.reason,
    r.audience,
    r.bucket,
    r.position,
    r.assigned_model_id,
    r.model_id,
    r.fallback,
    r.config_version,
    r.status,
    r.outcome,
    r.error_class,
    r.error_code,
    r.error_message,
    r.attempts.map(attemptValues),
    r.queued_ms,
    r.latency_ms,
    r.ttft_ms,
    r.prompt_tokens,
    r.completion_tokens,
    r.finish_reason,
    r.tool_calls,
    r.request_bytes,
    r.answer_bytes,
    r.rollout,
    r.stage,
    r.experiment,
    r.arm,
    r.session_began_ms,
    r.opening_mark,
    r.pin_broken,
  ]);
}

function derivedText(r: DerivedRecord): string {
  return JSON.stringify([
    'derived',
    r.time_ms,
    r.request_id,
    r.session_instance,
    r.is_follow_up,
    r.follow_up_by,
    r.intent,
    r.task_completed,
  ]);
}

function attemptValues(a: AttemptRecord): unknown[] {
  return [a.model_id, a.outcome, a.error_class, a.upstream_status, a.latency_ms, a.ttft_ms];
}

/**
 * The frame of a text that `frameText` made, be it an older version's, which knew fewer fields, or a newer one's, whose
 * further fields are left out. Null for a kind that is not known. Throws SyntaxError for what is no JSON.
 */
export function readFrame(text: string): Frame | null {
  const stored = JSON.parse(text) as readonly unknown[];
  const kind = stored[0] as FrameKind;
  if (kind === 'request') return { kind, record: requestOf(stored) };
  if (kind === 'feedback') return { kind, record: stored[1] as FeedbackRecord };
  if (kind === 'session_end') return { kind, record: stored[1] as SessionEndRecord };
  if (kind === 'derived') return { kind, record: derivedOf(stored) };
  if (kind === 'judged') return { kind, record: stored[1] as JudgedRecord };
  if (kind === 'text') return { kind, record: stored[1] as TextRecord };
  return null;
}

function requestOf(stored: readonly unknown[]): RequestRecord {
  const record = recordOf(REQUEST, REQUEST_PLACES, stored);
  record.attempts = (record.attempts as unknown as unknown[][]).map((values) =>
    recordOf(ATTEMPT, ATTEMPT_PLACES, values),
  );
  record.session_instance ??= record.session_id;
  return record;
}

/** An object where an older version wrote it. */
function derivedOf(stored: readonly unknown[]): DerivedRecord {
  const [, first] = stored;
  return typeof first === 'object' ? (first as DerivedRecord) : recordOf(DERIVED, DERIVED_PLACES, stored);
}

type Made<T> = { -readonly [K in keyof T]: T[K] };

function recordOf<T extends object>(plain: T, places: Places<T>, stored: readonly unknown[]): Made<T> {
  const record: Made<T> = { ...plain };
  for (const name in places) {
    const place = places[name];
    if (place < stored.length) record[name] = stored[place] as T[typeof name];
  }
  return record;
}
