import type { ProblemError } from '../api/problem.ts';

/** The faults of a refusal as a form takes them: `breaker.open` becomes the field below `breaker`. */
export function fieldFaults(error: ProblemError): { name: (string | number)[]; errors: string[] }[] {
  return error.fields.map(({ path, message }) => ({
    name: path
      .split(/[.[\]]+/)
      .filter((part) => part !== '')
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    errors: [message],
  }));
}

/** The members of `after` that `before` does not have just so; nested objects by member. */
export function changedOnly(before: object, after: object): object {
  const entries = Object.entries(after).flatMap(([name, value]): [string, unknown][] => {
    const old = (before as Record<string, unknown>)[name];
    if (value === undefined || JSON.stringify(old) === JSON.stringify(value)) return [];
    return isPlain(old) && isPlain(value) && name !== 'options'
      ? [[name, changedOnly(old, value)]]
      : [[name, value]];
  });
  return Object.fromEntries(entries);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
