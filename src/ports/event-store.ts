import type { RequestRecord } from '../contract/event.ts';
import type { Judge } from '../domain/judgement.ts';
import type { AttemptSums, ClosedSessionSums } from '../domain/model-sums.ts';
import type { GateEvidence, UserCounts } from '../domain/rollout/gate-evidence.ts';
import type { Gate } from '../domain/rollout/plan.ts';

/** From inclusive, to exclusive; epoch milliseconds of arrival. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every given member must hold; `null` and absent members select nothing away. */
export interface EventFilter extends TimeRange {
  /** The model that answered, or failed last. */
  readonly modelId?: string | null;
  readonly assignedModelId?: string | null;
  readonly routeId?: string | null;
  readonly userId?: string | null;
  readonly sessionId?: string | null;
  readonly requestId?: string | null;
  readonly outcome?: RequestRecord['outcome'] | null;
  /** One of these. */
  readonly errorClasses?: readonly string[] | null;
  /**
   * Instead of requests, failures are looked for: failed requests, or with `errorClasses` those of any outcome, and
   * requests of which an attempt failed that a fallback made good. `modelId` is then the model that failed.
   */
  readonly onlyFailures?: boolean;
  /** Part of an error's message, whatever its case. */
  readonly message?: string | null;
}

export interface ModelSums {
  readonly modelId: string;
  readonly attempts: AttemptSums;
  readonly sessions: ClosedSessionSums;
}

/** The sums of one step of a series; steps are counted from the range's beginning. */
export interface SeriesStep extends ModelSums {
  readonly fromMs: number;
}

/** A request with what was found out about it later. */
export interface RequestRow extends RequestRecord {
  readonly is_follow_up: boolean | null;
  readonly intent: string | null;
  readonly task_completed: boolean | null;
  readonly judged_by: Judge | null;
  /** The judge model that was asked, and its reason, whoever decided. */
  readonly judge_model_id: string | null;
  readonly judge_reason: string | null;
  readonly rating: number | null;
}

/** One session instance. */
export interface SessionRow {
  readonly session_instance: string;
  readonly session_id: string;
  readonly user_id: string | null;
  /** Assigned in its first round. */
  readonly model_id: string | null;
  readonly route_id: string | null;
  readonly started_at_ms: number;
  readonly stay_ms: number;
  readonly rounds: number;
  /** Null while the session may go on. */
  readonly completed: boolean | null;
  readonly abandoned: boolean | null;
  readonly ended_by: 'end_call' | 'idle' | null;
  readonly follow_ups: number;
  readonly intent: string | null;
  readonly task_completed: boolean | null;
  readonly judged_by: Judge | null;
  readonly judge_model_id: string | null;
  readonly judge_reason: string | null;
  readonly errors: number;
  readonly latency_mean_ms: number | null;
  /** Two models answered in it. */
  readonly is_mixed: boolean;
}

/** What one request said, where it was kept. */
export interface SaidRow {
  readonly request_id: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly answer: string;
  readonly thinking: string | null;
  readonly is_cut: boolean;
  /** Messages that its client sent before these; null where it asked for more than texts can hold. */
  readonly before: number | null;
}

/** What a text was kept under. */
export interface TextKey {
  readonly requestId: string;
  readonly timeMs: number;
}

export interface SessionDetail {
  readonly session: SessionRow;
  /** In order of arrival; at most 500. */
  readonly requests: readonly RequestRow[];
  readonly said: readonly SaidRow[];
}

/** Which answers to draw from: whole ones of a model. */
export interface AnswerDraw extends TimeRange {
  readonly modelId: string;
  readonly routeId: string | null;
  readonly size: number;
  /** The same salt draws the same answers of the same record; another one others. */
  readonly salt: string;
}

export interface DrawnAnswers {
  /** Whole answers in the range, and those of them of which a text is kept. */
  readonly answers: number;
  readonly withText: number;
  /** At random among those with a text; fewer than asked for where there are no more. */
  readonly drawn: readonly RequestRecord[];
}

/** Newest first. `after` is the `next` of the page before. */
export interface PageQuery {
  readonly limit: number;
  readonly after: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Which of an export's rows: after so many, so many; Infinity for all. */
export interface RowCut {
  readonly skip: number;
  readonly most: number;
}

/** What the use of user ids looks like in a range, for warnings. */
export interface IdentitySums {
  readonly requests: number;
  readonly withoutUser: number;
  readonly users: number;
  readonly usersOfOneSession: number;
  readonly usersNamedLikeTheirSession: number;
  /** The ids with the most sessions: at most 20. */
  readonly busiest: readonly {
    readonly userId: string;
    readonly sessions: number;
    readonly requests: number;
  }[];
}

export interface IndexState {
  /** Requests in the index. */
  readonly requests: number;
  /** Bytes of the journal that are not in it yet. */
  readonly lagBytes: number;
  /** Share of the journal that a rebuild has read, 0–1; null when none runs. */
  readonly rebuilding: number | null;
}

/** Thrown by every question while the index cannot answer: it is starting, being rebuilt or gone. */
export class IndexUnavailable extends Error {
  override readonly name = 'IndexUnavailable';
}

/** How sessions are closed: the setting `sessions.idle`, and now. */
export interface SessionRules {
  readonly idleMs: number;
  readonly nowMs: number;
}

/** What gates want counted: an epoch of a rollout, or all that a route did. */
export interface GateSumsQuery extends SessionRules {
  readonly of:
    | { readonly kind: 'rollout'; readonly rolloutId: string; readonly stage: number }
    | { readonly kind: 'route'; readonly routeId: string };
  /** Whose requests are the candidate's; all others are the control group's. */
  readonly candidateModelId: string;
  readonly sinceMs: number;
  /** The route keeps conversations together: older ones than the epoch are then stable's alone, and count in neither group. */
  readonly onlyNewConversations: boolean;
  readonly gates: readonly Gate[];
}

export interface GateSums {
  /** In the order of the gates; null for what no frame tells, such as reviews. */
  readonly gates: readonly (GateEvidence | null)[];
  /** Requests of the candidate that count, and when the first came. */
  readonly requests: number;
  readonly firstAtMs: number | null;
  readonly users: UserCounts;
}

/**
 * The index of the journal: answers questions with sums and rows, never with verdicts. It may lag by a second and can be
 * deleted; the journal is the record. Questions throw IndexUnavailable.
 */
export interface EventStore {
  modelSums(range: TimeRange, rules: SessionRules): Promise<readonly ModelSums[]>;
  /** Steps without anything are left out. */
  series(
    range: TimeRange & { readonly stepMs: number; readonly modelId: string | null },
    rules: SessionRules,
  ): Promise<readonly SeriesStep[]>;
  /** By assignment: a request that another model answered is a failure of the assigned one (CONTRACT §6). */
  gateSums(query: GateSumsQuery): Promise<GateSums>;
  requests(filter: EventFilter, page: PageQuery): Promise<Page<RequestRow>>;
  /** Sessions begun in the range. `modelId` is the one assigned in the first round; the rest holds for some request. */
  sessions(filter: EventFilter, page: PageQuery, rules: SessionRules): Promise<Page<SessionRow>>;
  /** By instance, or the newest instance of a session id. */
  session(id: string, rules: SessionRules): Promise<SessionDetail | null>;
  /** A text by itself, also one that belongs to no request. Null where none is kept, or none yet. */
  said(key: TextKey): Promise<SaidRow | null>;
  /**
   * Lines of CSV without the head, in UTF-8, oldest first, with the columns of `export-columns.ts`; nothing where no row is
   * left. In pieces of about 64 KiB, of which at most one is made ahead of the reader.
   */
  exportRequests(
    filter: EventFilter,
    cut: RowCut & { readonly withTexts: boolean },
  ): AsyncIterable<Uint8Array>;
  exportSessions(filter: EventFilter, cut: RowCut, rules: SessionRules): AsyncIterable<Uint8Array>;
  drawAnswers(draw: AnswerDraw): Promise<DrawnAnswers>;
  identitySums(range: TimeRange): Promise<IdentitySums>;
  state(): Promise<IndexState>;
  /** Resolves when all that the journal held at the call is in the index. */
  caughtUp(): Promise<void>;
  /** Deletes the index. Resolves when nothing is left of it; it makes itself again from the journal. */
  discard(): Promise<void>;
  /** The same, and resolves when it is made. */
  rebuild(): Promise<void>;
  close(): Promise<void>;
}
