import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../domain/access.ts';
import type { AccessTable } from '../../ports/access-table.ts';
import type { StoredKey } from '../../ports/config-store.ts';
import type { SecretBox } from '../../ports/secret-box.ts';

/** Stands for SLUICE_ADMIN_KEY, which is no stored key. */
export const OUTSIDE_ADMIN_ID = 'admin';
/** Nobody's key is longer; a longer text is not worth hashing. */
const MAX_KEY_LENGTH = 512;

interface Entry {
  readonly digest: Buffer;
  readonly principal: Principal;
}

export interface LiveAccessTable extends AccessTable {
  /** Puts keys in force, at once. The map of the time before means that none has changed, and costs nothing. */
  rebuild(keys: ReadonlyMap<string, StoredKey>): void;
}

/**
 * Every key in memory, by keyed digest. A guess teaches nothing through its timing: which bucket of the map it meets
 * depends on a digest that the guesser cannot compute. `adminKey`: the key given from outside, or null.
 */
export function createAccessTable(box: SecretBox, adminKey: string | null): LiveAccessTable {
  const nobody: Entry = {
    digest: Buffer.alloc(32),
    principal: { credentialId: '', name: '', role: 'chat', mayOverride: false },
  };
  const outside = adminKey === null ? [] : [outsideAdmin(box, adminKey)];
  let entries = index(outside);
  let present: ReadonlyMap<string, StoredKey> | null = null;
  let generation = 0;
  return {
    get generation() {
      return generation;
    },
    find(presentedKey) {
      if (presentedKey === '' || presentedKey.length > MAX_KEY_LENGTH) return null;
      const digest = box.digest('access_key', presentedKey);
      const entry = entries.get(digest.toString('hex')) ?? nobody;
      return timingSafeEqual(entry.digest, digest) && entry !== nobody ? entry.principal : null;
    },
    rebuild(keys) {
      if (keys === present) return;
      present = keys;
      generation += 1;
      entries = index([...Array.from(keys.values(), toEntry), ...outside]);
    },
  };
}

function index(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.digest.toString('hex'), entry]));
}

function toEntry(key: StoredKey): Entry {
  const { id, name, role, mayOverride } = key;
  return { digest: Buffer.from(key.digest, 'hex'), principal: { credentialId: id, name, role, mayOverride } };
}

function outsideAdmin(box: SecretBox, adminKey: string): Entry {
  const principal = {
    credentialId: OUTSIDE_ADMIN_ID,
    name: 'SLUICE_ADMIN_KEY',
    role: 'admin',
    mayOverride: true,
  } as const;
  return { digest: box.digest('access_key', adminKey), principal };
}
