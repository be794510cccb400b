import { durationMs } from '../contract/duration.ts';
import { invalid } from '../contract/fault.ts';
import type { TimeRange } from '../ports/event-store.ts';

/** How a query names a range: `window` until now, or `from` and `to`. */
export interface RangeQuery {
  readonly from?: string;
  readonly to?: string;
  readonly window?: string;
}

export const DAY_MS = 86_400_000;

/**
 * The range that a query means. Without a word about its beginning it is `lengthMs` long; Infinity takes all that is kept.
 * Throws `invalid` that names the field.
 */
export function rangeOf(query: RangeQuery, nowMs: number, lengthMs: number): TimeRange {
  const { from, to, window } = query;
  if (window !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw invalid('window', 'is the time until now; leave it out, or from and to');
    }
    return { fromMs: Math.max(0, nowMs - durationMs(window)), toMs: nowMs };
  }
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? Math.max(0, toMs - lengthMs) : Date.parse(from);
  if (fromMs < toMs) return { fromMs, toMs };
  throw invalid('from', `must be before ${to === undefined ? 'now' : 'to'} (${isoTime(toMs)})`);
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** A range as answers tell it. */
export function toldRange({ fromMs, toMs }: TimeRange): { from: string; to: string } {
  return { from: isoTime(fromMs), to: isoTime(toMs) };
}
