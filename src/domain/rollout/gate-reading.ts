import type { ErrorClass } from '../error-class.ts';

/** From best to worst; a stage is as good as its worst gate. */
export const VERDICTS = ['pass', 'no_data', 'inconclusive', 'error', 'fail'] as const;
export type GateVerdict = (typeof VERDICTS)[number];

/** How a gate stands, with all that its sentence needs. */
export interface GateReading {
  readonly verdict: GateVerdict;
  /** What is held against the limit: in the metric's unit, or times stable; null where nothing was counted. */
  readonly value: number | null;
  /** The control group's value in the metric's unit; null where the gate is not compared. */
  readonly control: number | null;
  readonly samples: number;
  /** Samples that the verdict rests on at least. */
  readonly needed: number;
  /** Of a confident gate: the end of the interval that must be within the limit; null where there is none. */
  readonly bound: number | null;
  /** A failure that no second look can mend: it counts at once. */
  readonly isFinal: boolean;
  /** Why it failed: by its value, by a test that may look at any time, or beyond its hard limit. */
  readonly failedBy: 'limit' | 'harm' | 'hard_limit' | null;
  /** Failures by class, where the gate counts them. */
  readonly errors: Readonly<Partial<Record<ErrorClass, number>>> | null;
}

export type Judged = Omit<GateReading, 'needed' | 'errors'>;

/** What can be read of a gate at once, before anything is decided. */
export const UNREAD: Judged = {
  verdict: 'no_data',
  value: null,
  control: null,
  samples: 0,
  bound: null,
  isFinal: false,
  failedBy: null,
};

export function worstOf(verdicts: readonly GateVerdict[]): GateVerdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? 'error';
}
