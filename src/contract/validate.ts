import type { Static, TSchema } from 'typebox';
import {
  type Check,
  compileCheck,
  type FieldError,
  joinPath,
  MAX_ERRORS,
  type Schema,
} from './schema-check.ts';

export type { FieldError } from './schema-check.ts';
export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Deeper JSON makes `JSON.stringify` throw and says nothing that a shallower one could not. */
export const MAX_DEPTH = 64;
/** Names through which a careless copy reaches the prototype of every object. */
const RESERVED: ReadonlySet<string | number> = new Set(['__proto__', 'constructor', 'prototype']);

type Nested = Readonly<Record<string | number, unknown>>;

const compiled = new WeakMap<object, Check>();

/**
 * Checks a value against a schema and reports everything wrong at once, up to 100 errors.
 * The value itself is handed back, unchanged: nothing is coerced, completed or removed.
 */
export function validate<S extends TSchema>(schema: S, value: unknown): Validated<Static<S>> {
  const unsafe = unsafeStructure(value);
  if (unsafe) return { ok: false, errors: [unsafe] };
  let check = compiled.get(schema);
  if (!check) {
    check = compileCheck(schema as object as Schema);
    compiled.set(schema, check);
  }
  const errors: FieldError[] = [];
  check(value, '', errors);
  if (errors.length === 0) return { ok: true, value: value as Static<S> };
  return { ok: false, errors: errors.slice(0, MAX_ERRORS) };
}

/** The first reserved key or excessive depth; recursion ends at the depth that it looks for. */
function unsafeStructure(root: unknown): FieldError | null {
  const trail: (string | number)[] = [];
  const fault = unsafePart(root, trail);
  return fault === null ? null : { path: trail.reduce<string>(joinPath, '').slice(0, 200), message: fault };
}

/** What is wrong inside `value`; `trail` then leads to it. Paths are not written for what is in order. */
function unsafePart(value: unknown, trail: (string | number)[]): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (trail.length >= MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const key of keys) {
    trail.push(key);
    const fault = RESERVED.has(key) ? 'is a reserved name' : unsafePart((value as Nested)[key], trail);
    if (fault !== null) return fault;
    trail.pop();
  }
  return null;
}
