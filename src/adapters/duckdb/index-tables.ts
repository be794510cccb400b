import type { DuckDBConnection } from '@duckdb/node-api';
import { createRowBatch, type RowBatch } from './row-batch.ts';

/** Rows on their way into the tables that frames are taken into; columns as in `index-schema.ts`. */
export interface IndexTables
  extends Readonly<
    Record<'requests' | 'exposures' | 'attempts' | 'notes' | 'ends' | 'texts' | 'users' | 'keys', RowBatch>
  > {
  flush(connection: DuckDBConnection): Promise<void>;
}

export function createIndexTables(): IndexTables {
  const [int, num, text, bool, step] = ['integer', 'double', 'varchar', 'boolean', 'smallint'] as const;
  const tables = {
    requests: createRowBatch('requests', [
      ...[int, num, int, int, int, int, int, int, int, int, int, int, int, int],
      ...[text, bool, num, num, step, step, int, int, int, int, int],
    ]),
    exposures: createRowBatch('exposures', [int, int, num, num, bool]),
    attempts: createRowBatch('attempts', [int, num, int, int]),
    notes: createRowBatch('notes', [int, int, int, bool, bool, int, bool, int, int, int]),
    ends: createRowBatch('ends', [int, int, num, bool]),
    texts: createRowBatch('texts', [int, int, num, int, int]),
    users: createRowBatch('users', [int, int, int, text]),
    keys: createRowBatch('session_keys', [int, int, int, text, text]),
  };
  const all = Object.values(tables);
  return {
    ...tables,
    async flush(connection) {
      for (const table of all) await table.flush(connection);
    },
  };
}
