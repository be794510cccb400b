import { failed, type Outcome } from '../../domain/stats/outcome.ts';
import { InvalidCase, readCase } from './case-input.ts';
import type { CaseFunction } from './case-result.ts';
import { COUNT_FUNCTIONS } from './count-functions.ts';
import { DESIGN_FUNCTIONS } from './design-functions.ts';
import { distributionOf } from './distribution-function.ts';
import { EFFECT_FUNCTIONS } from './effect-functions.ts';

const FUNCTIONS: ReadonlyMap<string, CaseFunction> = new Map([
  ...Object.entries(EFFECT_FUNCTIONS),
  ...Object.entries(COUNT_FUNCTIONS),
  ...Object.entries(DESIGN_FUNCTIONS),
  ['dist', distributionOf],
]);

/**
 * The answer to one case: the name of a function and its input, as people who check numbers against another package
 * write them. An input that lacks what the function needs is `invalid_input`, like any other.
 */
export function calculate(fn: string, input: unknown): Outcome<object> {
  const ask = FUNCTIONS.get(fn);
  if (ask === undefined) return failed('invalid_input');
  try {
    return ask(readCase(input));
  } catch (error) {
    if (error instanceof InvalidCase) return failed('invalid_input');
    throw error;
  }
}

/** JSON has no infinity: an open end of an interval is the text "Infinity". */
export function printResult(result: Outcome<object>): unknown {
  return Object.fromEntries(
    Object.entries(result).map(([key, value]) => [
      key,
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ]),
  );
}
