import type { Cell, Column } from '../domain/csv.ts';
import type { RequestRow, SaidRow, SessionRow } from './event-store.ts';

export type ExportedRequest = RequestRow & { readonly said?: SaidRow | null };

type CellName<Row> = string & { [K in keyof Row]-?: Row[K] extends Cell ? K : never }[keyof Row];
const ofRequest = (name: CellName<ExportedRequest>): Column<ExportedRequest> => ({
  name,
  value: (row) => row[name],
});
const ofSession = (name: CellName<SessionRow>): Column<SessionRow> => ({ name, value: (row) => row[name] });

/** The columns of a request, with those that tell what was said where they are wanted. */
export const requestColumns = (withTexts: boolean): readonly Column<ExportedRequest>[] =>
  withTexts ? [...REQUEST_COLUMNS, ...TEXT_COLUMNS] : REQUEST_COLUMNS;

/** CONTRACT §4: the file begins with the first 21, in this order; more may follow. */
const REQUEST_COLUMNS: readonly Column<ExportedRequest>[] = [
  { name: 'time', value: (row) => new Date(row.time_ms).toISOString() },
  ofRequest('request_id'),
  ofRequest('session_id'),
  ofRequest('user_id'),
  ofRequest('model_id'),
  ofRequest('assigned_model_id'),
  ofRequest('route_id'),
  ofRequest('reason'),
  ofRequest('fallback'),
  ofRequest('status'),
  ofRequest('outcome'),
  ofRequest('error_class'),
  ofRequest('latency_ms'),
  ofRequest('ttft_ms'),
  ofRequest('prompt_tokens'),
  ofRequest('completion_tokens'),
  ofRequest('finish_reason'),
  ofRequest('round'),
  ofRequest('is_follow_up'),
  ofRequest('task_completed'),
  ofRequest('config_version'),
  ofRequest('session_instance'),
  ofRequest('user_source'),
  ofRequest('protocol'),
  ofRequest('stream'),
  ofRequest('bucket'),
  ofRequest('position'),
  ofRequest('client_retry'),
  ofRequest('queued_ms'),
  { name: 'attempts', value: ({ attempts }) => attempts.length },
  ofRequest('tool_calls'),
  ofRequest('error_code'),
  ofRequest('intent'),
  ofRequest('judged_by'),
  ofRequest('rating'),
  ofRequest('judge_model_id'),
  ofRequest('judge_reason'),
  ofRequest('rollout'),
  ofRequest('stage'),
  ofRequest('experiment'),
  ofRequest('arm'),
];

/** What may quote a conversation, or is one. */
const TEXT_COLUMNS: readonly Column<ExportedRequest>[] = [
  ofRequest('error_message'),
  {
    name: 'messages',
    value: ({ said }) => said?.messages.map(({ role, content }) => `${role}: ${content}`).join('\n') ?? null,
  },
  { name: 'answer', value: ({ said }) => said?.answer ?? null },
  { name: 'thinking', value: ({ said }) => said?.thinking ?? null },
];

export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  ofSession('session_id'),
  ofSession('user_id'),
  ofSession('model_id'),
  ofSession('route_id'),
  { name: 'started_at', value: (row) => new Date(row.started_at_ms).toISOString() },
  ofSession('stay_ms'),
  ofSession('rounds'),
  ofSession('completed'),
  ofSession('abandoned'),
  ofSession('follow_ups'),
  ofSession('task_completed'),
  ofSession('errors'),
  ofSession('latency_mean_ms'),
  ofSession('session_instance'),
  ofSession('ended_by'),
  ofSession('intent'),
  ofSession('judged_by'),
  ofSession('is_mixed'),
  ofSession('judge_model_id'),
  ofSession('judge_reason'),
];
