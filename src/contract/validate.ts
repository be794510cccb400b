import type { Static, TSchema } from 'typebox';
import { type Check, compileCheck, type FieldError, joinPath, type Schema } from './schema-check.ts';

export type { FieldError } from './schema-check.ts';
export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Deeper JSON makes `JSON.stringify` throw and says nothing that a shallower one could not. */
export const MAX_DEPTH = 64;
/** Nobody reads more; a hostile body could hold a million. */
const MAX_ERRORS = 100;
/** Names through which a careless copy reaches the prototype of every object. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

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

/** Reserved keys and excessive depth, found without recursion, because depth is what is being checked. */
function unsafeStructure(root: unknown): FieldError | null {
  const stack: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, path, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH)
      return { path: path.slice(0, 200), message: `nests deeper than ${MAX_DEPTH} levels` };
    if (Array.isArray(value)) {
      for (const [i, entry] of value.entries()) {
        if (typeof entry === 'object') stack.push({ value: entry, path: `${path}[${i}]`, depth: depth + 1 });
      }
      continue;
    }
    for (const [key, entry] of Object.entries(value)) {
      const at = joinPath(path, key);
      if (RESERVED.has(key)) return { path: at, message: 'is a reserved name' };
      if (typeof entry === 'object') stack.push({ value: entry, path: at, depth: depth + 1 });
    }
  }
  return null;
}
