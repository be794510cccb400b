import { rmSync } from 'node:fs';

/** The file, and what DuckDB lays beside it. */
export function deleteDatabase(file: string): void {
  for (const path of [file, `${file}.wal`]) rmSync(path, { force: true });
  rmSync(`${file}.tmp`, { force: true, recursive: true });
}
