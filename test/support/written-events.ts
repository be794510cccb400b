import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { encodeFrame, maxFrameBytes, SEGMENT_HEADER } from '../../src/adapters/journal/segment.ts';
import { segmentPath } from '../../src/adapters/journal/segment-files.ts';
import type { AttemptRecord, RequestRecord } from '../../src/contract/event.ts';
import { type FrameKind, framePieces, type NewRecords } from '../../src/contract/frame.ts';

const SEGMENT_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 1024 * 1024;

/** Writes a log of the journal without its durability: a hundred thousand frames a second and more. */
export interface SegmentPen {
  write<K extends FrameKind>(kind: K, record: NewRecords[K]): void;
  /** What was written is in the file. */
  flush(): void;
  close(): void;
}

export function openSegmentPen(
  folder: string,
  log: 'journal' | 'texts' = 'journal',
  firstSegment = 1,
): SegmentPen {
  mkdirSync(folder, { recursive: true });
  const buffer = Buffer.allocUnsafe(2 * BUFFER_BYTES);
  let number = firstSegment - 1;
  let fd = -1;
  let written = SEGMENT_BYTES;
  let filled = 0;
  const flush = (): void => {
    if (fd !== -1) writeSync(fd, buffer, 0, filled);
    filled = 0;
  };
  return {
    write(kind, record) {
      if (written >= SEGMENT_BYTES) {
        flush();
        if (fd !== -1) closeSync(fd);
        number += 1;
        fd = openSync(segmentPath(folder, log, number), 'w');
        written = writeSync(fd, SEGMENT_HEADER);
      }
      const text = framePieces(kind, record);
      if (filled + maxFrameBytes(text) > buffer.length) flush();
      const end = encodeFrame(text, buffer, filled);
      written += end - filled;
      filled = end;
    },
    flush,
    close() {
      flush();
      if (fd !== -1) closeSync(fd);
    },
  };
}

export interface CrowdOptions {
  readonly events: number;
  readonly seed: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Assigns every user to one of two arms, the first and the second model. */
  readonly experiment?: string;
}

interface Talk {
  readonly id: string;
  readonly user: string;
  readonly model: string;
  readonly experiment: string | null;
  readonly arm: string | null;
  round: number;
}

const MODELS = ['qwen2-7b-stable', 'qwen2-7b-stable', 'qwen2-7b-stable', 'qwen3-32b-prod', 'llama-70b'];
const ERRORS = ['out_of_memory', 'timeout_first_byte', 'upstream_5xx', 'context_length'];
/** Of an experiment of `writeCrowd`. */
export const ARMS = [
  { name: 'control', model: 'qwen2-7b-stable' },
  { name: 'treatment', model: 'qwen3-32b-prod' },
] as const;
const TALKS_AT_ONCE = 2_000;

/** What a crowd of users leaves in the journal; equal options leave the same. */
export function writeCrowd(pen: SegmentPen, { events, seed, fromMs, toMs, experiment }: CrowdOptions): void {
  const random = numbersOf(seed);
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T =>
    list[Math.floor(random() * list.length)] as T;
  let talks = 0;
  const begin = (): Talk => {
    talks += 1;
    const number = Math.floor(random() * 200_000);
    const common = {
      id: `ses_${seed}_${talks.toString(36).padStart(8, '0')}`,
      user: `user_${number}`,
      model: pick(MODELS),
      round: 0,
    };
    if (experiment === undefined) return { ...common, experiment: null, arm: null };
    const arm = ARMS[number % 2] ?? ARMS[0];
    return { ...common, model: arm.model, experiment, arm: arm.name };
  };
  const talking = Array.from({ length: TALKS_AT_ONCE }, begin);
  for (let n = 0; n < events; n += 1) {
    const place = Math.floor(random() * TALKS_AT_ONCE);
    const talk = talking[place] as Talk;
    if (random() > 0.1 || talk.round === 0) talk.round += 1;
    const timeMs = Math.floor(fromMs + ((toMs - fromMs) * n) / events);
    const requestId = `req_${seed}_${n.toString(36).padStart(10, '0')}`;
    pen.write('request', requestOf({ talk, timeMs, requestId, random, error: pick(ERRORS) }));
    const isLater = talk.round > 1;
    if (isLater || talk.round === 1)
      pen.write('derived', {
        time_ms: timeMs + 5,
        request_id: requestId,
        session_instance: talk.id,
        is_follow_up: isLater ? random() < 0.15 : null,
        follow_up_by: null,
        intent: isLater || random() < 0.6 ? null : 'order',
        task_completed: isLater || random() < 0.6 ? null : random() < 0.7,
      });
    if (random() < 0.02)
      pen.write('feedback', {
        time_ms: timeMs + 9,
        credential_id: 'key_1',
        request_id: requestId,
        session_id: talk.id,
        session_instance: talk.id,
        task_completed: random() < 0.5 ? random() < 0.7 : null,
        rating: random() < 0.7 ? 1 : -1,
        comment: null,
      });
    if (random() < 0.3) talking[place] = begin();
  }
}

interface Made {
  readonly talk: Talk;
  readonly timeMs: number;
  readonly requestId: string;
  readonly error: string;
  random(): number;
}

function requestOf({ talk, timeMs, requestId, random, error }: Made): RequestRecord {
  const luck = random();
  const outcome: AttemptRecord['outcome'] = luck < 0.95 ? 'ok' : luck < 0.98 ? 'error' : 'client_abort';
  const ttftMs = Math.round(Math.exp(5 + 1.5 * random()));
  const latencyMs = ttftMs + Math.round(Math.exp(6 + 3 * random()));
  const isFallback = random() < 0.01;
  const modelId = isFallback ? 'qwen2-7b-stable' : talk.model;
  const errorClass = outcome === 'ok' ? null : outcome === 'error' ? error : 'client_abort';
  const attempt = { upstream_status: 200, latency_ms: latencyMs, ttft_ms: ttftMs };
  const last: AttemptRecord = { ...attempt, model_id: modelId, outcome, error_class: errorClass };
  const failed = {
    ...attempt,
    model_id: talk.model,
    outcome: 'error',
    error_class: error,
    ttft_ms: null,
  } as const;
  return {
    time_ms: timeMs,
    request_id: requestId,
    credential_id: 'key_01jd8zq3v5',
    endpoint: 'openai_chat',
    protocol: 'openai',
    stream: true,
    user_id: talk.user,
    user_source: 'header',
    session_id: talk.id,
    session_instance: talk.id,
    session_source: 'header',
    session_weak: false,
    round: talk.round,
    opens_round: true,
    client_retry: 0,
    segment: null,
    user_created_at_ms: null,
    user_first_seen_ms: timeMs - 1_000,
    requested_model: 'support',
    route_id: 'support',
    reason: 'rule',
    audience: null,
    bucket: 42,
    position: 4211,
    assigned_model_id: talk.model,
    model_id: modelId,
    fallback: isFallback ? 'retry' : null,
    config_version: 7,
    status: outcome === 'ok' ? 200 : 502,
    outcome,
    error_class: errorClass,
    error_code: null,
    error_message: outcome === 'error' ? `model "${modelId}": it failed with ${error}` : null,
    attempts: isFallback ? [failed, last] : [last],
    queued_ms: 0,
    latency_ms: latencyMs,
    ttft_ms: outcome === 'ok' ? ttftMs : null,
    prompt_tokens: 900,
    completion_tokens: outcome === 'ok' ? Math.ceil(300 * random()) : null,
    finish_reason: outcome === 'ok' ? 'stop' : null,
    tool_calls: 0,
    request_bytes: 3_000,
    answer_bytes: 9_000,
    rollout: null,
    stage: null,
    experiment: talk.experiment,
    arm: talk.arm,
    session_began_ms: timeMs - 1_000,
    opening_mark: null,
    pin_broken: null,
  };
}

/** Mulberry32: small, quick, and the same everywhere. Gives 0 ≤ x < 1. */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
