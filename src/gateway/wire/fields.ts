import { Fault } from '../fault.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is a text, else null: for what model servers send, where a wrong type is nobody's fault here. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A fault that names the field. */
export function badField(param: string, problem: string): Fault {
  return new Fault('bad_request', `${param} ${problem}`, { param });
}

// Readers of a caller's fields. Absent and null are the same: every protocol here treats them so.

export function optionalText(json: Json, key: string, at = ''): string | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw badField(at + key, `must be a string, not ${kindOf(value)}`);
  return value;
}

export function optionalBoolean(json: Json, key: string, at = ''): boolean | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw badField(at + key, `must be true or false, not ${kindOf(value)}`);
  return value;
}

export function optionalNumber(json: Json, key: string, at = ''): number | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number') throw badField(at + key, `must be a number, not ${kindOf(value)}`);
  return value;
}

export function optionalRecord(json: Json, key: string, at = ''): Json | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) throw badField(at + key, `must be an object, not ${kindOf(value)}`);
  return value;
}

export function optionalList(json: Json, key: string, at = ''): readonly unknown[] | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw badField(at + key, `must be a list, not ${kindOf(value)}`);
  return value;
}

/** The JSON kind of a value, for messages: a value itself is never echoed. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
