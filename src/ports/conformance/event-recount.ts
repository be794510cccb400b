import type { DerivedRecord, FeedbackRecord, JudgedRecord, RequestRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import { decideJudgement, type Judgement } from '../../domain/judgement.ts';
import {
  type AttemptSums,
  type ClosedSessionSums,
  NO_SESSIONS,
  type Spread,
} from '../../domain/model-sums.ts';
import { type EndCall, outcomeOf, sumUpSession } from '../../domain/session-outcome.ts';
import type { SessionRow, SessionRules, TimeRange } from '../event-store.ts';

/** One session instance with every frame about it, recounted by hand: slow, plain and on the domain's own functions. */
export interface Recounted {
  readonly row: SessionRow;
  readonly closedAtMs: number | null;
  readonly answeredBy: string | null;
  readonly laterRounds: number;
  readonly chargedFollowUps: number;
  readonly ratings: readonly number[];
}

type Sums = { -readonly [K in keyof ClosedSessionSums]: number };

export const requestsOf = (frames: readonly Frame[]): RequestRecord[] =>
  frames.flatMap((frame) => (frame.kind === 'request' ? [frame.record] : []));
export const isIn = (timeMs: number, { fromMs, toMs }: TimeRange): boolean =>
  timeMs >= fromMs && timeMs < toMs;

/** Attempts by model. */
export function recountAttempts(frames: readonly Frame[], range: TimeRange): Map<string, AttemptSums> {
  const requests = requestsOf(frames).filter(({ time_ms }) => isIn(time_ms, range));
  const attempts = requests.flatMap((request) => request.attempts);
  const good = requests.filter(({ outcome }) => outcome === 'ok');
  const models = new Set([...attempts, ...good].flatMap(({ model_id }) => model_id ?? []));
  return new Map(
    [...models].map((model) => {
      const own = attempts.filter(({ model_id }) => model_id === model);
      const errors: Record<string, number> = {};
      for (const { error_class } of own)
        if (error_class !== null) errors[error_class] = (errors[error_class] ?? 0) + 1;
      const answers = good.filter(({ model_id }) => model_id === model);
      const used = answers.filter(({ completion_tokens }) => completion_tokens !== null);
      const sums: AttemptSums = {
        attempts: own.length,
        errors,
        latencyMs: spreadOf(answers.map(({ latency_ms }) => latency_ms)),
        ttftMs: spreadOf(answers.flatMap(({ ttft_ms }) => ttft_ms ?? [])),
        answersWithUsage: used.length,
        completionTokens: sum(used.map(({ completion_tokens }) => completion_tokens ?? 0)),
        writingMs: sum(used.map(({ latency_ms, ttft_ms }) => latency_ms - (ttft_ms ?? 0))),
      };
      return [model, sums];
    }),
  );
}

/** Sums of closed sessions by model. */
export function recountSessions(
  frames: readonly Frame[],
  range: TimeRange,
  rules: SessionRules,
): Map<string, ClosedSessionSums> {
  const sums = new Map<string, Sums>();
  const of = (model: string): Sums => {
    const found = sums.get(model) ?? { ...NO_SESSIONS };
    sums.set(model, found);
    return found;
  };
  for (const { row, closedAtMs, ...session } of recountRows(frames, rules)) {
    if (closedAtMs === null || !isIn(closedAtMs, range)) continue;
    if (row.is_mixed) {
      if (row.model_id !== null) of(row.model_id).mixed += 1;
      continue;
    }
    if (session.answeredBy !== null && session.laterRounds > 0) {
      of(session.answeredBy).laterRounds += session.laterRounds;
      of(session.answeredBy).followUps += session.chargedFollowUps;
    }
    if (row.model_id !== null) addClosed(of(row.model_id), row, session.ratings);
  }
  return sums;
}

function addClosed(sums: Sums, row: SessionRow, ratings: readonly number[]): void {
  const isJudged = row.intent !== null && row.task_completed !== null;
  sums.closed += 1;
  sums.completed += row.completed === true ? 1 : 0;
  sums.abandoned += row.abandoned === true ? 1 : 0;
  sums.rounds += row.rounds;
  sums.stayMs += row.stay_ms;
  sums.withIntent += row.intent === null ? 0 : 1;
  sums.judged += isJudged ? 1 : 0;
  sums.judgedYes += isJudged && row.task_completed === true ? 1 : 0;
  sums.ratings += ratings.length;
  sums.ratingSum += sum(ratings);
}

/** Every session instance of the frames. */
export function recountRows(frames: readonly Frame[], rules: SessionRules): Recounted[] {
  const byInstance = Map.groupBy(
    requestsOf(frames).filter(({ session_instance }) => session_instance !== null),
    ({ session_instance }) => session_instance ?? '',
  );
  return [...byInstance].flatMap(
    ([instance, requests]) => recountOne(instance, requests, frames, rules) ?? [],
  );
}

function recountOne(
  instance: string,
  requests: readonly RequestRecord[],
  frames: readonly Frame[],
  rules: SessionRules,
): Recounted | null {
  const ids = new Set(requests.map(({ request_id }) => request_id));
  const isAbout = (request: string | null, session: string | null): boolean =>
    request === null ? session === instance : ids.has(request);
  const derived = frames.flatMap((frame) =>
    frame.kind === 'derived' && ids.has(frame.record.request_id) ? [frame.record] : [],
  );
  const feedback = frames.flatMap((frame) =>
    frame.kind === 'feedback' && isAbout(frame.record.request_id, frame.record.session_instance)
      ? [frame.record]
      : [],
  );
  const byModel = frames.flatMap((frame) =>
    frame.kind === 'judged' && ids.has(frame.record.request_id) ? [frame.record] : [],
  );
  const sums = sumUpSession(requests.map(sessionRequest));
  if (sums === null) return null;
  const end = endOf(frames, instance);
  const outcome = outcomeOf(sums, end, rules);
  const answered = requests.filter(({ outcome: how, ttft_ms }) => how === 'ok' || ttft_ms !== null);
  const answering = new Set(answered.flatMap(({ model_id }) => model_id ?? []));
  const firstAnswered = Math.min(...answered.map(({ round }) => round ?? 0));
  const rounds = new Set(requests.map(({ round }) => round ?? 0));
  const followUps = new Set(
    requests.filter((one) => isFollowUp(one, derived)).map(({ round }) => round ?? 0),
  );
  const inOrder = requests.toSorted((a, b) => a.time_ms - b.time_ms); // stable: then as they were written
  const good = requests.filter(({ outcome: how }) => how === 'ok');
  const judged = judgementOf({ derived, feedback, byModel });
  const isClosed = outcome.endedBy !== null;
  return {
    row: {
      session_instance: instance,
      session_id: requests[0]?.session_id ?? '',
      user_id: firstOf(inOrder, 'user_id'),
      model_id: firstOf(inOrder, 'assigned_model_id'),
      route_id: firstOf(inOrder, 'route_id'),
      started_at_ms: sums.firstArrivedMs,
      stay_ms: outcome.stayMs,
      rounds: outcome.depth,
      completed: isClosed ? outcome.completed : null,
      abandoned: isClosed ? outcome.abandoned : null,
      ended_by: outcome.endedBy,
      follow_ups: followUps.size,
      intent: derived.find(({ intent }) => intent !== null)?.intent ?? null,
      task_completed: judged?.taskCompleted ?? null,
      judged_by: judged?.judgedBy ?? null,
      judge_model_id: byModel[0]?.judge_model_id ?? null,
      judge_reason: byModel[0]?.reason ?? null,
      errors: requests.filter(({ outcome: how }) => how === 'error').length,
      latency_mean_ms: good.length === 0 ? null : sum(good.map(({ latency_ms }) => latency_ms)) / good.length,
      is_mixed: answering.size > 1,
    },
    closedAtMs: outcome.closedAtMs,
    answeredBy: [...answering][0] ?? null,
    laterRounds: [...rounds].filter((round) => round > firstAnswered).length,
    chargedFollowUps: [...followUps].filter((round) => round > firstAnswered).length,
    ratings: ratingsOf(feedback),
  };
}

const sessionRequest = ({ time_ms, latency_ms, round, outcome }: RequestRecord) => ({
  arrivedMs: time_ms,
  endedMs: time_ms + latency_ms,
  round: round ?? 0,
  outcome,
});

/** The first call counts. */
function endOf(frames: readonly Frame[], instance: string): EndCall | null {
  for (const frame of frames) {
    if (frame.kind !== 'session_end') continue;
    const { session_instance, session_id, time_ms, reason } = frame.record;
    if ((session_instance ?? session_id) === instance) return { atMs: time_ms, reason };
  }
  return null;
}

/** The last word counts. */
function isFollowUp({ request_id }: RequestRecord, derived: readonly DerivedRecord[]): boolean {
  const said = derived.filter((one) => one.request_id === request_id && one.is_follow_up !== null);
  return said.at(-1)?.is_follow_up ?? false;
}

function judgementOf({ derived, feedback, byModel }: Heard): Judgement | null {
  return decideJudgement({
    feedback: feedback.findLast(({ task_completed }) => task_completed !== null)?.task_completed ?? null,
    rule: derived.find(({ task_completed }) => task_completed !== null)?.task_completed ?? null,
    judge_model: byModel.find(({ task_completed }) => task_completed !== null)?.task_completed ?? null,
  });
}

interface Heard {
  readonly derived: readonly DerivedRecord[];
  readonly feedback: readonly FeedbackRecord[];
  readonly byModel: readonly JudgedRecord[];
}

/** The last of each request, and of the session itself. */
function ratingsOf(feedback: readonly FeedbackRecord[]): number[] {
  const last = new Map<string | null, number>();
  for (const { request_id, rating } of feedback) if (rating !== null) last.set(request_id, rating);
  return [...last.values()];
}

function firstOf(
  requests: readonly RequestRecord[],
  name: 'user_id' | 'assigned_model_id' | 'route_id',
): string | null {
  return requests.find((request) => request[name] !== null)?.[name] ?? null;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { count: values.length, sum: sum(values), p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
