import type { Principal } from '../domain/access.ts';
import type { AccessTable } from '../ports/access-table.ts';

/** More keys than are in use at once; wrong ones are never kept. */
const MAX_KEYS = 1_000;

/**
 * Spares the keyed hash of a key that was found before: the same clients come again and again. Forgets everything as
 * soon as any key changes, so that a revoked key is refused at once. A guess meets the table itself every time, and
 * so learns nothing from the time that an answer takes.
 */
export function rememberingAccess(table: AccessTable): AccessTable {
  const known = new Map<string, Principal>();
  let generation = table.generation;
  return {
    find(presentedKey) {
      if (table.generation !== generation) {
        known.clear();
        generation = table.generation;
      }
      const remembered = known.get(presentedKey);
      if (remembered !== undefined) return remembered;
      const principal = table.find(presentedKey);
      if (principal !== null) {
        if (known.size >= MAX_KEYS) known.clear();
        known.set(presentedKey, principal);
      }
      return principal;
    },
    get generation() {
      return table.generation;
    },
  };
}
