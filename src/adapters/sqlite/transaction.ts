import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction that takes the write lock at once; an error undoes everything and is passed on. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has rolled back already when the disk is full
    throw error;
  }
}
