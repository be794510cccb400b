import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';

/**
 * Opens a database file (or `:memory:`) and brings its schema up to date. Throws with one clear line when the file
 * is no database or was written by a newer Sluice.
 *
 * WAL keeps a killed process from leaving half a change. `synchronous = FULL` makes every commit wait for the disk:
 * a change that was answered survives a power cut as well. Configuration changes are rare enough to pay for it.
 * `secure_delete = ON`: what is removed is overwritten, because users have a right to it.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 2000;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = ON;
    `);
    migrate(database);
    return database;
  } catch (cause) {
    database.close();
    throw new Error(`cannot use ${path} as a database: ${(cause as Error).message}`, { cause });
  }
}
