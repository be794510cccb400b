import type { EventFilter } from '../event-store.ts';
import type { requestsOf } from './event-recount.ts';

/** Filters of requests, and the same said of one request. */
export const FILTERS: readonly {
  readonly filter: Partial<EventFilter>;
  matches(one: ReturnType<typeof requestsOf>[number]): boolean;
}[] = [
  { filter: {}, matches: () => true },
  {
    filter: { modelId: 'big', outcome: 'ok' },
    matches: (one) => one.model_id === 'big' && one.outcome === 'ok',
  },
  { filter: { userId: "o'hara" }, matches: () => false },
  { filter: { sessionId: 'ses_1' }, matches: (one) => one.session_id === 'ses_1' },
  {
    filter: { message: 'BIG FAILED: 出错', errorClasses: ['upstream_5xx'] },
    matches: (one) => one.error_class === 'upstream_5xx' && one.model_id === 'big',
  },
  {
    filter: { onlyFailures: true },
    matches: (one) => one.outcome === 'error' || one.attempts.some(isFailed),
  },
  {
    filter: { onlyFailures: true, modelId: 'big', errorClasses: ['client_abort', 'timeout_idle'] },
    matches: (one) => [one, ...one.attempts.filter(isFailed)].some(isLateOrGone),
  },
];
const isFailed = ({ error_class }: { error_class: string | null }) =>
  error_class !== null && error_class !== 'client_abort';
const isLateOrGone = ({ model_id, error_class }: { model_id: string | null; error_class: string | null }) =>
  model_id === 'big' && (error_class === 'client_abort' || error_class === 'timeout_idle');
