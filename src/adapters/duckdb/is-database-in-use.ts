import { existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

/** Whether another process holds the file. One that is damaged is in nobody's use. */
export async function isDatabaseInUse(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    (await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })).closeSync();
    return false;
  } catch (error) {
    return /lock/i.test(String(error));
  }
}
