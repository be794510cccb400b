import { calculate, printResult } from '../calculator/calculate.ts';
import { CliError } from './cli-error.ts';
import { readInput } from './read-input.ts';
import type { Shell } from './shell.ts';

/**
 * Answers cases of statistics, one JSON line each, with the code that reports use, so that anyone can hold the numbers
 * against another package. A case without an answer has its status and is no failure of the command.
 */
export async function stats(file: string, shell: Shell): Promise<number> {
  for (const { id, fn, input } of casesOf(readInput(file), file)) {
    shell.out(JSON.stringify({ id, result: printResult(calculate(fn, input)) }));
  }
  return 0;
}

interface Case {
  readonly id: unknown;
  readonly fn: string;
  readonly input: unknown;
}

function casesOf(text: string, file: string): Case[] {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const cases: unknown = Object(content).cases;
  if (!Array.isArray(cases))
    throw new CliError(`${file} has no cases; it looks like {"cases":[{"id","fn","input"}]}`);
  return cases.map((item, i) => {
    const { id, fn, input } = Object(item);
    if (typeof fn !== 'string') throw new CliError(`${file}: cases[${i}].fn names no function`);
    return { id, fn, input };
  });
}
