/** Events that begin an alert: what a rule may watch for. */
export const OPENING_EVENTS = [
  'breaker_opened',
  'error_rate',
  'latency_p95',
  'no_traffic',
  'journal_dropping',
  'disk_low',
  'rollout_held',
  'rollout_aborted',
] as const;
export type OpeningEvent = (typeof OPENING_EVENTS)[number];

/** Everything that a channel may be told of: beginnings, and the two ways in which an alert ends. */
export const ALERT_EVENTS = [...OPENING_EVENTS, 'breaker_closed', 'recovered'] as const;
export type AlertEvent = (typeof ALERT_EVENTS)[number];

/** The event that tells of the end of an alert. */
export function closingEvent(opening: OpeningEvent): AlertEvent {
  return opening === 'breaker_opened' ? 'breaker_closed' : 'recovered';
}

/** The figures that an alert rests on; null where it has none of the kind. Units: share 0–1, milliseconds, bytes or records. */
export interface Measure {
  readonly value: number | null;
  readonly limit: number | null;
  /** Observations behind `value`. */
  readonly samples: number | null;
  readonly windowMs: number | null;
  /** The arithmetic or the cause in one line, such as "7 of 180 = 3.9 % ≥ 3.0 %". */
  readonly reason: string;
  /** The same in Chinese; absent of alerts that were kept before there was one. */
  readonly reasonZh?: string;
}

/** Something went wrong at a time, and may be over. There is one open alert for a rule and a model at most. */
export interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly event: OpeningEvent;
  /** What it is about; null for the gateway as a whole. */
  readonly modelId: string | null;
  readonly openedAtMs: number;
  readonly opening: Measure;
  /** Null while it is open. */
  readonly resolvedAtMs: number | null;
  readonly closing: Measure | null;
}

/** The beginning or the end of an alert, as a channel is told. */
export interface Notice {
  readonly event: AlertEvent;
  readonly atMs: number;
  readonly alert: Alert;
}
