import { ERROR_CLASSES } from '../../domain/error-class.ts';
import { inferenceOf } from '../../domain/experiment/metric-inference.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { Gate } from '../../domain/rollout/plan.ts';
import { type Counted, isOneOf } from './gate-rows.ts';
import { numeral } from './numeral.ts';
import type { ValueName } from './ranked-values.ts';
import type { Words } from './words.ts';

/** How a gate is counted: by sums over users, or by values at ranks. Null for what no frame tells. */
export type Measure =
  | { readonly kind: 'ratio'; readonly of: 'requests' | 'sessions'; readonly counted: Counted }
  | { readonly kind: 'slowness'; readonly value: string; readonly p: number; readonly counted: Counted }
  | { readonly kind: 'quantile'; readonly column: ValueName; readonly p: number };

const TIMEOUTS = ERROR_CLASSES.filter((name) => name.startsWith('timeout_'));

const when = (condition: string, value = '1'): string => `CASE WHEN ${condition} THEN ${value} ELSE 0 END`;
const share = (condition: string, of = 'true'): Counted => ({
  m: when(`(${condition}) AND (${of})`),
  d: when(of),
});
const perSession = (counted: Counted): Measure => ({ kind: 'ratio', of: 'sessions', counted });

const SESSIONS: Readonly<Partial<Record<MetricId, Measure>>> = {
  completion_rate: perSession(share('is_completed')),
  abandon_rate: perSession(share('is_abandoned')),
  session_depth: perSession({ m: 'rounds', d: '1' }),
  session_stay: perSession({ m: 'greatest(0, last_ended - first_time)', d: '1' }),
  task_completion: perSession(share('task_completed', 'intent IS NOT NULL AND task_completed IS NOT NULL')),
  rating: perSession({ m: 'rating_sum', d: 'ratings' }),
  // Charged to the model that gave the answer before, which must be the assigned one.
  follow_up_rate: perSession({
    m: when('answered_by = model', 'charged_follow_ups'),
    d: when('answered_by = model', 'later_rounds'),
  }),
};

export function measureOf(gate: Gate, words: Words): Measure | null {
  const { metric, classes } = gate;
  const requests = (counted: Counted): Measure => ({ kind: 'ratio', of: 'requests', counted });
  const failures = (names: readonly string[]) => share(`is_failed AND ${isOneOf('class', names, words)}`);
  if (metric === 'error_rate') return requests(share('is_failed'));
  if (metric === 'error_count') return requests(classes === null ? share('is_failed') : failures(classes));
  if (metric === 'timeout_rate') return requests(failures(TIMEOUTS));
  const known = 'NOT is_failed AND completion_tokens IS NOT NULL';
  if (metric === 'tokens_per_answer')
    return requests({ m: when(known, 'completion_tokens'), d: when(known) });
  if (metric === 'tokens_per_second') {
    const writing = 'latency - coalesce(ttft, 0)';
    return requests({ m: when(known, '1000 * completion_tokens'), d: when(known, writing) });
  }
  const inference = inferenceOf(metric);
  return inference?.kind === 'quantile' ? quantile(gate, inference.p) : (SESSIONS[metric] ?? null);
}

/** A failure is infinitely slow; a good answer that was never streamed has no first token and does not count. */
function quantile({ metric, isVsStable, op, limit }: Gate, p: number): Measure {
  const column = metric.startsWith('ttft') ? 'ttft' : 'latency';
  const value = `CASE WHEN is_failed THEN 'infinity'::DOUBLE ELSE ${column} END`;
  if (isVsStable) return { kind: 'quantile', column, p };
  return {
    kind: 'slowness',
    value,
    p,
    counted: share(`NOT ((${value}) ${op} ${numeral(limit)})`, `(${value}) IS NOT NULL`),
  };
}

/** Requests beyond an absolute quantile's hard limit; null where it has none. */
export function beyondHardLimit(
  { hardLimit, op }: Gate,
  { value }: { readonly value: string },
): string | null {
  if (hardLimit === null) return null;
  return `count(*) FILTER (NOT ((${value}) ${op} ${numeral(hardLimit)}))`;
}
