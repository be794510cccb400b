import type { DuckDBConnection } from '@duckdb/node-api';
import type { JsonList } from '../journal/json-list.ts';
import type { IndexTables } from './index-tables.ts';
import { hashOfName, hashValue, type NameHash } from './name-hash.ts';
import { type Names, openNames } from './names.ts';

/** The numbers of users and sessions; a name that is new gets its number and its row. */
export interface NameNumbers {
  /** Null for null. */
  userAt(list: JsonList, place: number): number | null;
  /** The session of an instance; `idPlace` is where its id stands, which most often is the same. */
  sessionAt(list: JsonList, place: number, idPlace: number): number | null;
  sessionOf(instance: string | null, sessionId: string | null): number | null;
}

/** Thrown for a name that may be one of the file's: look it up, and take the frame again. */
export class NotInMemory extends Error {
  override readonly name = 'NotInMemory';
  readonly lookUp: () => Promise<void>;
  constructor(lookUp: () => Promise<void>) {
    super('a name has to be looked up in the file first');
    this.lookUp = lookUp;
  }
}

export async function openNameNumbers(
  connection: DuckDBConnection,
  tables: IndexTables,
): Promise<NameNumbers> {
  const users = await openNames({ connection, table: 'users', column: 'user_key' });
  const sessions = await openNames({ connection, table: 'session_keys', column: 'session' });
  const hash = { low: 0, high: 0 };

  /** Null where the name is new. */
  function find(names: Names, name: Readonly<NameHash>): number | null {
    const known = names.find(name);
    if (known !== undefined) return known;
    if (!names.mayBeWritten(name)) return null;
    const { low, high } = name;
    throw new NotInMemory(() => names.lookUp({ low, high }));
  }
  function addSession(name: Readonly<NameHash>, instance: string, sessionId: string | null): number {
    const number = sessions.add(name);
    tables.keys.add(number, name.low, name.high, instance, sessionId === instance ? null : sessionId);
    return number;
  }

  return {
    userAt(list, place) {
      if (list.isNull(place)) return null;
      hashValue(list, place, hash);
      const known = find(users, hash);
      if (known !== null) return known;
      const number = users.add(hash);
      tables.users.add(number, hash.low, hash.high, list.text(place));
      return number;
    },
    sessionAt(list, place, idPlace) {
      const named = list.isNull(place) ? idPlace : place;
      if (list.isNull(named)) return null;
      hashValue(list, named, hash);
      return find(sessions, hash) ?? addSession(hash, list.text(named) ?? '', list.text(idPlace));
    },
    sessionOf(instance, sessionId) {
      if (instance === null) return null;
      const name = hashOfName(instance);
      return find(sessions, name) ?? addSession(name, instance, sessionId);
    },
  };
}
