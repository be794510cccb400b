import type { JudgedRecord } from '../../contract/event.ts';
import type { ErrorClass } from '../../domain/error-class.ts';

/** What judging did since the process began. */
export interface JudgingCounts {
  /** Calls of the judge model: that went well, or by the class of their error. */
  readonly calls: ReadonlyMap<'ok' | ErrorClass, number>;
  /** Answers by what came of them: the verdict's reason, or how the judge failed. */
  readonly verdicts: ReadonlyMap<JudgedRecord['reason'], number>;
  /** Answers by why they were not asked about. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
  readonly waiting: number;
  /** Calls that may still be made today. */
  readonly budgetLeft: number;
}

/** The client said itself how it went; too many waited; today's calls are used up; the judge, or the user, was taken away. */
export type SkipReason = 'feedback' | 'queue_full' | 'budget' | 'off' | 'erased';

/** Adds to a count whose keys are of a closed list. */
export function countUp<K>(counts: Map<K, number>, key: K, by = 1): void {
  if (by > 0) counts.set(key, (counts.get(key) ?? 0) + by);
}
