import type { TSchema } from 'typebox';
import { fieldsFault } from '../../contract/fault.ts';
import { strict } from '../../contract/fields.ts';
import { validate } from '../../contract/validate.ts';

const NO_FIELDS = strict({});
type Properties = Readonly<Record<string, { readonly type?: string }>>;

/** The query as its schema types it; unknown and repeated parameters are refused. */
export function readQuery(schema: TSchema | undefined, raw: unknown): object {
  const known = schema ?? NO_FIELDS;
  const properties = ((known as object as { properties?: Properties }).properties ?? {}) as Properties;
  const entries = Object.entries(raw as Record<string, unknown>);
  const typed = Object.fromEntries(
    entries.map(([name, value]) => [name, typedValue(properties[name]?.type, value)]),
  );
  const checked = validate(known, typed);
  if (checked.ok) return checked.value as object;
  throw fieldsFault(checked.errors);
}

/** A query is text; numbers and booleans are written in one way only. */
function typedValue(type: string | undefined, value: unknown): unknown {
  if (type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
