import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { calculate, printResult } from './calculate.ts';

interface Case {
  readonly id: string;
  readonly group: string;
  readonly fn: string;
  readonly input: unknown;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly relative_tolerance?: number;
}

const { tolerance, cases }: { tolerance: number; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/statistics.json', import.meta.url), 'utf8'),
);

/** Numbers within the tolerance that the file states, all else exactly; names where it differs. */
function differences(
  got: unknown,
  wanted: unknown,
  { at, within }: { at: string; within: number },
): string[] {
  if (typeof wanted === 'number') {
    const isNear =
      typeof got === 'number' && Math.abs(got - wanted) <= within * Math.max(1, Math.abs(wanted));
    return isNear ? [] : [`${at}: ${got}, not ${wanted}`];
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return [`${at}: ${got}, not ${wanted}`];
    return wanted.flatMap((item, i) => differences(got[i], item, { at: `${at}[${i}]`, within }));
  }
  return got === wanted ? [] : [`${at}: ${got}, not ${wanted}`];
}

describe('calculate', () => {
  it.each(cases)('golden $id', ({ fn, input, expected, relative_tolerance }) => {
    const printed = JSON.parse(JSON.stringify(printResult(calculate(fn, input))));
    if (expected.status !== 'ok') expect(printed).toEqual({ status: expected.status });
    const found = Object.entries(expected).flatMap(([key, wanted]) => {
      const isRelative = relative_tolerance !== undefined && typeof wanted === 'number';
      const within = isRelative ? relative_tolerance * Math.min(1, Math.abs(wanted)) : tolerance;
      return differences(printed[key], wanted, { at: key, within });
    });
    expect(found).toEqual([]);
  });
});
