import { areCounts, failed, type Outcome, ok } from './outcome.ts';

/** Least that must be there before a figure is shown. They guard what a reader makes of it more than its validity. */
export const READINESS = {
  /** Users of each arm. */
  minUsers: 100,
  /** Users with, and users without, in each arm; below it the exact test is used. */
  minCount: 10,
  /** Standard error ÷ mean of a ratio's denominator. */
  maxDenominatorCv: 0.1,
  /** Requests beyond a quantile. */
  minTail: 20,
} as const;

export type ReadinessLimits = { readonly [limit in keyof typeof READINESS]: number };

export type ReadinessFacts = { readonly users: readonly [control: number, treatment: number] } & (
  | { readonly type: 'mean' }
  | { readonly type: 'prop'; readonly successes: readonly [number, number] }
  | { readonly type: 'ratio'; readonly denominatorCvs: readonly [number, number] }
  | { readonly type: 'quantile'; readonly requests: readonly [number, number]; readonly p: number }
);

/**
 * Whether there is enough to show a figure at all: `ok`, or `insufficient_users`, `sparse_counts` (then the exact test),
 * `unstable_denominator`, `insufficient_tail`, `invalid_input`. Each arm must have enough by itself.
 */
export function checkReadiness(facts: ReadinessFacts, limits: ReadinessLimits = READINESS): Outcome<object> {
  const { users } = facts;
  if (!areCounts(...users)) return failed('invalid_input');
  if (Math.min(...users) < limits.minUsers) return failed('insufficient_users');
  switch (facts.type) {
    case 'mean':
      return ok({});
    case 'prop': {
      if (!areCounts(...facts.successes)) return failed('invalid_input');
      const least = facts.successes.map((count, arm) => Math.min(count, (users[arm] ?? 0) - count));
      return Math.min(...least) < limits.minCount ? failed('sparse_counts') : ok({});
    }
    case 'ratio':
      if (!areCounts(...facts.denominatorCvs)) return failed('invalid_input');
      return Math.max(...facts.denominatorCvs) > limits.maxDenominatorCv
        ? failed('unstable_denominator')
        : ok({});
    case 'quantile': {
      if (!areCounts(...facts.requests)) return failed('invalid_input');
      const tail = Math.min(...facts.requests) * (1 - facts.p);
      return tail < limits.minTail ? failed('insufficient_tail') : ok({});
    }
  }
}
