import { baseUrlProblem, networkProblem, originProblem, webhookUrlProblem } from './base-url.ts';
import { durationMs, parseDuration } from './duration.ts';
import { nearestName } from './nearest-name.ts';

/** One thing wrong with a value: where (`rules[1].weight`, `""` for the value itself) and what. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Appends to `errors` everything wrong with `value`. */
export type Check = (value: unknown, path: string, errors: FieldError[]) => void;

/** The part of JSON Schema that the contract's schemas use. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Nobody reads more; a hostile body could earn a million. Loops end when it is reached. */
export const MAX_ERRORS = 100;

/** Keywords that describe and do not check. */
const SILENT = new Set(['description', 'title', 'default', 'examples', 'readOnly', 'writeOnly']);
const CHECKED = new Set(
  `type const enum anyOf properties required additionalProperties patternProperties minProperties maxProperties items minItems
   maxItems uniqueItems minLength maxLength pattern minimum maximum multipleOf format x-minimum x-maximum x-form x-key-form`.split(
    /\s+/,
  ),
);
const FORMATS: Readonly<Record<string, (text: string) => string | null>> = {
  'base-url': baseUrlProblem,
  origin: originProblem,
  network: networkProblem,
  'webhook-url': webhookUrlProblem,
  duration: (text) =>
    parseDuration(text) === null ? 'must be a duration such as "500ms", "120s", "30m", "2h" or "7d"' : null,
  'date-time': (text) =>
    /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) &&
    !Number.isNaN(Date.parse(text))
      ? null
      : 'must be a time such as "2025-06-01T08:00:00Z"',
};

/** `rules[1].weight`; keys that are no plain names are quoted. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 60))}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Turns a schema into a function once. Throws on a keyword it does not know: nothing may be silently unchecked. */
export function compileCheck(schema: Schema): Check {
  for (const keyword of Object.keys(schema)) {
    if (!SILENT.has(keyword) && !CHECKED.has(keyword))
      throw new Error(`schema keyword ${keyword} is not known`);
  }
  if (Array.isArray(schema.anyOf)) return anyOfCheck(schema.anyOf);
  if (Array.isArray(schema.enum)) return oneOfCheck(schema.enum);
  if ('const' in schema) return oneOfCheck([schema.const]);
  switch (schema.type) {
    case 'object':
      return objectCheck(schema);
    case 'array':
      return arrayCheck(schema);
    case 'string':
      return stringCheck(schema);
    case 'integer':
    case 'number':
      return numberCheck(schema);
    case 'boolean':
      return typeCheck('true or false', (value) => typeof value === 'boolean');
    case 'null':
      return typeCheck('null', (value) => value === null);
    case undefined:
      return () => {};
    default:
      throw new Error(`schema type ${String(schema.type)} is not known`);
  }
}

/** A value as it appears in a message: short, and never a secret. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function typeCheck(expected: string, fits: (value: unknown) => boolean): Check {
  return (value, path, errors) => {
    if (!fits(value)) errors.push({ path, message: `must be ${expected}, got ${shown(value)}` });
  };
}

function oneOfCheck(allowed: readonly unknown[]): Check {
  const list = allowed.map((value) => JSON.stringify(value)).join(', ');
  return typeCheck(allowed.length === 1 ? list : `one of ${list}`, (value) => allowed.includes(value));
}

/** `null` beside one schema means "or null"; otherwise the nearest alternative speaks. */
function anyOfCheck(alternatives: readonly Schema[]): Check {
  const checks = alternatives.filter((one) => one.type !== 'null').map(compileCheck);
  const nullable = checks.length < alternatives.length;
  return (value, path, errors) => {
    if (nullable && value === null) return;
    let nearest: FieldError[] | null = null;
    for (const check of checks) {
      const found: FieldError[] = [];
      check(value, path, found);
      if (found.length === 0) return;
      if (!nearest || found.length < nearest.length) nearest = found;
    }
    errors.push(...(nearest ?? []));
  };
}

function stringCheck(schema: Schema): Check {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema as Record<string, number>;
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : null;
  const form =
    schema['x-form'] === undefined ? `must match ${schema.pattern}` : `must be ${schema['x-form']}`;
  const format = typeof schema.format === 'string' ? FORMATS[schema.format] : null;
  if (format === undefined) throw new Error(`schema format ${String(schema.format)} is not known`);
  const lowestMs = durationMs(String(schema['x-minimum'] ?? '0ms'));
  const highest = schema['x-maximum'];
  const highestMs = highest === undefined ? Number.POSITIVE_INFINITY : durationMs(String(highest));
  const got = schema.writeOnly === true ? () => '' : (value: unknown) => `, got ${shown(value)}`;

  const problemOf = (value: unknown): string | null => {
    if (typeof value !== 'string') return 'must be a text';
    if (value === '' && minLength > 0) return 'must not be empty';
    if (value.length < minLength) return `must have ${minLength} or more characters`;
    if (isLonger(value, maxLength)) return `must have at most ${maxLength} characters`;
    if (pattern && !pattern.test(value)) return form;
    const problem = format?.(value) ?? null;
    if (problem !== null || schema.format !== 'duration') return problem;
    const valueMs = durationMs(value);
    if (valueMs >= lowestMs && valueMs <= highestMs) return null;
    return `must be from "${schema['x-minimum'] ?? '0ms'}" to "${highest}"`;
  };
  return (value, path, errors) => {
    const problem = problemOf(value);
    if (problem !== null) errors.push({ path, message: problem + got(value) });
  };
}

/** Counts characters, not UTF-16 units, and only where the two can differ about the answer. */
function isLonger(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return false;
  return text.length > 2 * maxLength || [...text].length > maxLength;
}

function numberCheck(schema: Schema): Check {
  const { minimum, maximum, multipleOf } = schema as Record<string, number | undefined>;
  const whole = schema.type === 'integer';
  const range =
    minimum !== undefined && maximum !== undefined
      ? ` from ${minimum} to ${maximum}`
      : `${minimum === undefined ? '' : ` of ${minimum} or more`}${maximum === undefined ? '' : ` up to ${maximum}`}`;
  const steps = multipleOf === undefined ? '' : ` in steps of ${multipleOf}`;
  return typeCheck(`a ${whole ? 'whole ' : ''}number${range}${steps}`, (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return false;
    if (whole && !Number.isSafeInteger(value)) return false;
    if (value < (minimum ?? value) || value > (maximum ?? value)) return false;
    // 0.07 / 0.01 is not 7 in binary: compare with the nearest step as it would have been written
    return (
      multipleOf === undefined || Number((Math.round(value / multipleOf) * multipleOf).toFixed(9)) === value
    );
  });
}

function arrayCheck(schema: Schema): Check {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as Record<string, number>;
  const item = compileCheck((schema.items ?? {}) as Schema);
  return (value, path, errors) => {
    if (!Array.isArray(value)) {
      errors.push({ path, message: `must be a list, got ${shown(value)}` });
    } else if (value.length < minItems || value.length > maxItems) {
      const message = `must have ${minItems} to ${maxItems} entries, got ${value.length}`;
      errors.push({ path, message: value.length === 0 ? 'must not be empty' : message });
    } else {
      const seen = new Set<unknown>();
      for (const [i, entry] of value.entries()) {
        if (errors.length >= MAX_ERRORS) return;
        item(entry, `${path}[${i}]`, errors);
        if (schema.uniqueItems !== true) continue;
        if (seen.has(entry))
          errors.push({ path: `${path}[${i}]`, message: `${shown(entry)} is there twice` });
        seen.add(entry);
      }
    }
  };
}

function objectCheck(schema: Schema): Check {
  const fields = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const checks = new Map(fields.map(([name, field]) => [name, compileCheck(field)]));
  const required = (schema.required ?? []) as readonly string[];
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema as Record<string, number>;
  const patterns = Object.entries((schema.patternProperties ?? {}) as Record<string, Schema>);
  const byPattern = patterns.map(
    ([pattern, field]) => [new RegExp(pattern, 'u'), compileCheck(field)] as const,
  );
  const names = [...checks.keys()];
  const keyForm = schema['x-key-form'] === undefined ? null : `be ${schema['x-key-form']}`;

  const unknownField = (key: string): string => {
    if (patterns[0]) return `the name of a field must ${keyForm ?? `match ${patterns[0][0]}`}`;
    const near = nearestName(key, names);
    if (near !== null) return `is not a known field; did you mean "${near}"?`;
    return `is not a known field; known are ${names.join(', ')}`;
  };
  return (value, path, errors) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      errors.push({ path, message: `must be an object, got ${shown(value)}` });
      return;
    }
    const entries = Object.entries(value);
    for (const name of required) {
      if (!Object.hasOwn(value, name)) errors.push({ path: joinPath(path, name), message: 'is missing' });
    }
    if (entries.length < minProperties || entries.length > maxProperties) {
      const atMost = maxProperties === Number.POSITIVE_INFINITY ? '' : ` to ${maxProperties}`;
      const wanted =
        minProperties === maxProperties
          ? `exactly ${minProperties}`
          : `${minProperties}${atMost || ' or more'}`;
      const of = names.length > 0 ? ` of ${names.join(', ')}` : '';
      errors.push({ path, message: `must have ${wanted} field(s)${of}, got ${entries.length}` });
    }
    for (const [key, entry] of entries) {
      if (errors.length >= MAX_ERRORS) return;
      const check = checks.get(key) ?? byPattern.find(([pattern]) => pattern.test(key))?.[1];
      if (check) check(entry, joinPath(path, key), errors);
      else if (schema.additionalProperties === false) {
        errors.push({ path: joinPath(path, key), message: unknownField(key) });
      }
    }
  };
}
