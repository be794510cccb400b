import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { StoredResource } from '../../ports/config-store.ts';

/** A field whose JSON is this long, in UTF-16 units, is stored apart: about one page of the database. */
const MIN_PART_LENGTH = 4_096;

/**
 * Stores large fields of documents apart, each value once. A route may list 10,000 user ids; switching it off must
 * not write them again, nor may a thousand kept versions hold them a thousand times.
 */
export function createLargeParts(database: DatabaseSync) {
  const has = database.prepare('SELECT 1 FROM part WHERE hash = ?');
  const add = database.prepare('INSERT OR IGNORE INTO part VALUES (?, ?)');
  const link = database.prepare('INSERT INTO resource_part VALUES (?, ?, ?, ?, ?)');
  const linked = database.prepare(
    'SELECT field, json FROM resource_part JOIN part USING (hash) WHERE kind = ? AND id = ? AND version = ?',
  );
  /** Hashes of values seen before; null for a small one. Documents never change, their unchanged fields are the same objects. */
  const hashes = new WeakMap<object, string | null>();

  /** The hash under which a value is stored from now on; null when it is small and stays in its document. */
  function keep(value: unknown): string | null {
    const isObject = typeof value === 'object' && value !== null;
    const known = isObject ? hashes.get(value) : undefined;
    // what an undone transaction or a dropped version has taken away is written again
    if (known === null || (known !== undefined && has.get(known))) return known;
    if (!isObject && typeof value !== 'string') return null;
    const json = JSON.stringify(value);
    const key = json.length < MIN_PART_LENGTH ? null : hash('sha256', json);
    if (isObject) hashes.set(value, key);
    if (key !== null) add.run(key, json);
    return key;
  }

  return {
    /** Stores the large fields of a document that is about to be written; answers the document without them. */
    detach({ kind, id, version, document }: StoredResource): object {
      const rest: Record<string, unknown> = { ...document };
      for (const [field, value] of Object.entries(document)) {
        const key = keep(value);
        if (key === null) continue;
        link.run(kind, id, version, field, key);
        rest[field] = null;
      }
      return rest;
    },
    /** A resource as it was before `detach`. */
    attach(resource: StoredResource): StoredResource {
      const parts = linked.all(resource.kind, resource.id, resource.version);
      if (parts.length === 0) return resource;
      const fields = parts.map(({ field, json }) => [String(field), JSON.parse(String(json))] as const);
      return { ...resource, document: { ...resource.document, ...Object.fromEntries(fields) } };
    },
  };
}
