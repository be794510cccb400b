import { csvRow } from '../../src/domain/csv.ts';
import { NO_SESSIONS } from '../../src/domain/model-sums.ts';
import {
  type EventFilter,
  type EventStore,
  IndexUnavailable,
  type ModelSums,
  type RequestRow,
  type RowCut,
  type SessionRow,
} from '../../src/ports/event-store.ts';
import { requestColumns, SESSION_COLUMNS } from '../../src/ports/export-columns.ts';

export const ROW: RequestRow = {
  time_ms: Date.UTC(2025, 5, 1),
  request_id: 'req_1',
  credential_id: 'key_1',
  endpoint: 'openai_chat',
  protocol: 'openai',
  stream: true,
  user_id: '=cmd',
  user_source: 'body:user',
  session_id: 'ses_1',
  session_instance: 'ins_1',
  session_source: 'fingerprint',
  session_weak: false,
  round: 1,
  opens_round: true,
  client_retry: 0,
  segment: null,
  user_created_at_ms: null,
  user_first_seen_ms: Date.UTC(2025, 4, 1),
  requested_model: 'qwen2:7b',
  route_id: 'support',
  reason: 'rule',
  audience: null,
  bucket: 89,
  position: 8900,
  assigned_model_id: 'b',
  model_id: 'b',
  fallback: null,
  config_version: 7,
  status: 502,
  outcome: 'error',
  error_class: 'upstream_5xx',
  error_code: 'upstream_failed',
  error_message: "error parsing tool call: raw='the diary of Anne', err=eof",
  attempts: [],
  queued_ms: 0,
  latency_ms: 12.5,
  ttft_ms: null,
  prompt_tokens: null,
  completion_tokens: null,
  finish_reason: null,
  tool_calls: null,
  request_bytes: 10,
  answer_bytes: 20,
  rollout: null,
  stage: null,
  experiment: null,
  arm: null,
  session_began_ms: null,
  opening_mark: null,
  pin_broken: null,
  is_follow_up: null,
  intent: null,
  task_completed: null,
  judged_by: null,
  judge_model_id: null,
  judge_reason: null,
  rating: null,
};

export const SESSION: SessionRow = {
  session_instance: 'ins_1',
  session_id: 'ses_1',
  user_id: 'alice',
  model_id: 'b',
  route_id: 'support',
  started_at_ms: ROW.time_ms,
  stay_ms: 30_000,
  rounds: 2,
  completed: null,
  abandoned: null,
  ended_by: null,
  follow_ups: 0,
  intent: null,
  task_completed: null,
  judged_by: null,
  judge_model_id: null,
  judge_reason: null,
  errors: 1,
  latency_mean_ms: 12.5,
  is_mixed: false,
};

export const SAID = {
  request_id: 'req_1',
  messages: [{ role: 'user', content: 'the diary of Anne' }],
  answer: 'a secret answer',
  thinking: null,
  is_cut: false,
  before: 0,
};

const none = { count: 0, sum: 0, p50: null, p95: null, p99: null };
export const SUMS: ModelSums = {
  modelId: 'b',
  attempts: {
    attempts: 10,
    errors: { upstream_5xx: 1, client_abort: 5 },
    latencyMs: { count: 4, sum: 100, p50: 20, p95: 40, p99: 50 },
    ttftMs: none,
    answersWithUsage: 0,
    completionTokens: 0,
    writingMs: 0,
  },
  sessions: {
    ...NO_SESSIONS,
    closed: 4,
    completed: 1,
    abandoned: 1,
    rounds: 10,
    stayMs: 1_000,
    mixed: 2,
  },
};

export interface FakeEventStore extends EventStore {
  /** The last filter or range that it was asked with. */
  readonly asked: () => Partial<EventFilter>;
  /** Export batches that were made. */
  readonly made: () => number;
  /** True when an export was stopped before its end. */
  readonly stopped: () => boolean;
  /** Rebuilds that were begun; none ends. */
  readonly rebuilds: () => number;
}

/** Answers with fixed rows, for tests of shapes, roles and validation: it filters nothing. */
export function fakeEventStore(
  options: { rows?: number; unavailable?: boolean; diesAfter?: number } = {},
): FakeEventStore {
  const { rows = 3, unavailable = false, diesAfter = Number.POSITIVE_INFINITY } = options;
  let asked: object = {};
  let made = 0;
  let stopped = false;
  let rebuilds = 0;
  const answer = async <T>(given: object, value: T): Promise<T> => {
    if (unavailable) throw new IndexUnavailable('the index is being rebuilt: 40 %');
    asked = given;
    return value;
  };
  async function* pieces(given: object, line: string, { skip, most }: RowCut): AsyncGenerator<Uint8Array> {
    await answer(given, null);
    let left = Math.min(most, rows - skip);
    try {
      for (; left > 0; left -= 1_000) {
        if (made === diesAfter) throw new IndexUnavailable('the index stopped');
        made++;
        yield Buffer.from(line.repeat(Math.min(1_000, left)));
      }
    } finally {
      stopped = left > 0;
    }
  }
  const page = <T>(items: readonly T[], after: string | null) => ({
    items,
    next: after === null ? 'p2' : null,
  });
  return {
    modelSums: (range) => answer(range, [SUMS]),
    gateSums: ({ gates }) =>
      answer(
        {},
        {
          gates: gates.map(() => null),
          requests: 0,
          firstAtMs: null,
          users: { candidate: 0, control: 0, both: 0 },
        },
      ),
    series: (range) => answer(range, [{ ...SUMS, fromMs: range.fromMs }]),
    requests: (filter, { after }) => answer(filter, page([ROW], after)),
    sessions: (filter, { after }) => answer(filter, page([SESSION], after)),
    session: (id) => answer({}, id === 'ses_1' ? { session: SESSION, requests: [ROW], said: [SAID] } : null),
    said: ({ requestId }) => answer({}, { ...SAID, request_id: requestId, messages: [] }),
    exportRequests: (filter, { withTexts, ...cut }) =>
      pieces(filter, csvRow(requestColumns(withTexts), { ...ROW, said: SAID }), cut),
    exportSessions: (filter, cut) => pieces(filter, csvRow(SESSION_COLUMNS, SESSION), cut),
    drawAnswers: (draw) => answer(draw, { answers: 1, withText: 1, drawn: [ROW] }),
    identitySums: (range) =>
      answer(range, {
        requests: 1_000,
        withoutUser: 900,
        users: 0,
        usersOfOneSession: 0,
        usersNamedLikeTheirSession: 0,
        busiest: [],
      }),
    state: () => answer({}, { requests: rows, lagBytes: 0, rebuilding: rebuilds === 0 ? null : 0.4 }),
    caughtUp: async () => {},
    discard: async () => {},
    rebuild: async () => void rebuilds++,
    close: async () => {},
    asked: () => asked,
    made: () => made,
    stopped: () => stopped,
    rebuilds: () => rebuilds,
  };
}
