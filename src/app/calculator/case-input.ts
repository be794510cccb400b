/** A case that does not say what its function needs; its result is `invalid_input`. */
export class InvalidCase extends Error {}

/** Typed reading of one case's input. Each reader throws `InvalidCase` for a value of another kind. */
export interface CaseInput {
  has(key: string): boolean;
  number(key: string, otherwise?: number): number;
  /** Undefined where the key is absent. */
  numberOrNone(key: string): number | undefined;
  numbers(key: string): readonly number[];
  lists(key: string): readonly (readonly number[])[];
  names(key: string): readonly (number | string)[];
  flag(key: string, otherwise: boolean): boolean;
  word<W extends string>(key: string, words: readonly W[], otherwise?: W): W;
  sides(): 1 | 2;
  part(key: string): CaseInput;
  parts(key: string): readonly CaseInput[];
}

export function readCase(value: unknown): CaseInput {
  if (!isRecord(value)) throw new InvalidCase('an input is an object');
  const absent = (key: string): boolean => value[key] === undefined || value[key] === null;
  const list = (key: string): readonly unknown[] => {
    const found = value[key];
    if (!Array.isArray(found)) throw new InvalidCase(`${key} is no list`);
    return found;
  };
  const input: CaseInput = {
    has: (key) => !absent(key),
    number: (key, otherwise) =>
      otherwise !== undefined && absent(key) ? otherwise : toNumber(key, value[key]),
    numberOrNone: (key) => (absent(key) ? undefined : toNumber(key, value[key])),
    numbers: (key) => list(key).map((item) => toNumber(key, item)),
    lists: (key) => list(key).map((item) => readCase({ item }).numbers('item')),
    names: (key) => list(key).map((item) => (typeof item === 'string' ? item : toNumber(key, item))),
    flag: (key, otherwise) => {
      const found = absent(key) ? otherwise : value[key];
      if (typeof found !== 'boolean') throw new InvalidCase(`${key} is neither true nor false`);
      return found;
    },
    word: (key, words, otherwise) => {
      const found = absent(key) ? otherwise : words.find((word) => word === value[key]);
      if (found === undefined) throw new InvalidCase(`${key} is none of ${words.join(', ')}`);
      return found;
    },
    sides: () => {
      const sides = input.number('sides', 2);
      if (sides !== 1 && sides !== 2) throw new InvalidCase('sides is neither 1 nor 2');
      return sides;
    },
    part: (key) => readCase(value[key]),
    parts: (key) => list(key).map(readCase),
  };
  return input;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number, or one that JSON cannot say: a failed request's latency is "Infinity". */
function toNumber(key: string, value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  throw new InvalidCase(`${key} is no number`);
}
