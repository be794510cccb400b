import type { Rng } from './rng.ts';
import { cityIn } from './text.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface SchemaValueOptions {
  readonly schema: unknown;
  /** The user's words: a city, a number or an order id in them ends up in fields of such names. */
  readonly text: string;
  readonly rng: Rng;
}

/** Nesting at which a recursive schema is cut short. */
const MAX_DEPTH = 12;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that a simple JSON schema accepts. Keywords beyond type, enum, bounds and composition are ignored. */
export function schemaValue({ schema, text, rng }: SchemaValueOptions): unknown {
  const root = schema;

  const follow = (node: JsonObject): JsonObject => {
    const ref = node.$ref;
    if (typeof ref !== 'string' || !ref.startsWith('#/')) return node;
    let target: unknown = root;
    for (const part of ref.slice(2).split('/')) target = isObject(target) ? target[part] : undefined;
    return isObject(target) ? target : {};
  };

  const stringFor = (node: JsonObject, name: string): string => {
    if (node.format === 'date-time') return '2026-06-01T09:00:00Z';
    if (node.format === 'date') return '2026-06-01';
    if (node.format === 'email') return 'alice@example.com';
    if (/city|location|place/i.test(name)) return cityIn(text) ?? 'Paris';
    if (/order/i.test(name)) return /[A-Z]{2}-?\d+/.exec(text)?.[0] ?? 'SO-100001';
    const least = typeof node.minLength === 'number' ? node.minLength : 0;
    const most = typeof node.maxLength === 'number' ? node.maxLength : 80;
    return (text.trim() || name || 'text').padEnd(least, '.').slice(0, most);
  };

  const numberFor = (node: JsonObject): number => {
    const said = /(?<![\w-])\d+(\.\d+)?/.exec(text)?.[0];
    const low = typeof node.minimum === 'number' ? node.minimum : 0;
    const high = typeof node.maximum === 'number' ? node.maximum : low + 100;
    const wanted = said === undefined ? low + rng.int(10) : Number(said);
    const number = Math.min(Math.max(wanted, low), high);
    return node.type === 'integer' ? Math.ceil(number) : number;
  };

  const valueFor = (raw: unknown, name: string, depth: number): unknown => {
    if (!isObject(raw) || depth > MAX_DEPTH) return depth > MAX_DEPTH ? null : text;
    const node = follow(raw);
    if ('const' in node) return node.const;
    if (Array.isArray(node.enum)) return node.enum[0];
    for (const key of ['anyOf', 'oneOf'] as const) {
      const options = node[key];
      if (Array.isArray(options)) return valueFor(options[0], name, depth + 1);
    }
    if (Array.isArray(node.allOf))
      return valueFor(Object.assign({}, node, ...node.allOf, { allOf: 0 }), name, depth);
    const type = Array.isArray(node.type) ? node.type[0] : node.type;
    if (type === 'object' || isObject(node.properties)) {
      const properties = isObject(node.properties) ? Object.entries(node.properties) : [];
      return Object.fromEntries(properties.map(([key, child]) => [key, valueFor(child, key, depth + 1)]));
    }
    if (type === 'array') {
      const length = typeof node.minItems === 'number' ? node.minItems : 1;
      return Array.from({ length: Math.min(length, 100) }, () => valueFor(node.items, name, depth + 1));
    }
    if (type === 'integer' || type === 'number') return numberFor({ ...node, type });
    if (type === 'boolean') return true;
    return type === 'null' ? null : stringFor(node, name);
  };

  return valueFor(schema, '', 0);
}
