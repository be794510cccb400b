import { type Outcome, ok } from '../../domain/stats/outcome.ts';
import type { CaseInput } from './case-input.ts';

/** Its numbers, truths and lists have the names of the grammar. */
export type CaseFunction = (input: CaseInput) => Outcome<object>;

/** Numbers under the names that the grammar has for them. */
export function named<T>(outcome: Outcome<T>, names: (numbers: T) => object): Outcome<object> {
  return outcome.status === 'ok' ? ok(names(outcome)) : outcome;
}
