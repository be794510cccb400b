import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** The data folder and the paths of what lies in it (CONTRACT §1). */
export interface DataFolder {
  readonly root: string;
  readonly controlFile: string;
  readonly journalFolder: string;
  /** The index of the journal; may be deleted while Sluice is stopped. */
  readonly indexFile: string;
  readonly firstSeenFile: string;
  /** How often the judge model was called today. */
  readonly judgeCallsFile: string;
  readonly gatewayLog: string;
  readonly errorLog: string;
  readonly adminKeyFile: string;
  /** Beside the folder, not in it: a copy of the data alone must not open its secrets. */
  readonly secretKeyFile: string;
}

/** Makes what is missing and checks that all of it can be written. Throws StartError. */
export function openDataFolder(path: string): DataFolder {
  const root = resolve(path);
  try {
    for (const folder of [root, join(root, 'journal'), join(root, 'logs')]) {
      makeFolder(folder);
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  } catch (error) {
    throw new StartError(
      `the data folder ${root} cannot be used (${reasonOf(error)}); give another one with --data`,
    );
  }
  return dataPaths(root);
}

/** What lies where below an absolute path. Looks at nothing. */
export function dataPaths(root: string): DataFolder {
  return {
    root,
    controlFile: join(root, 'control.sqlite'),
    journalFolder: join(root, 'journal'),
    indexFile: join(root, 'events.duckdb'),
    firstSeenFile: join(root, 'first-seen.bin'),
    judgeCallsFile: join(root, 'judge-calls.txt'),
    gatewayLog: join(root, 'logs', 'gateway.log'),
    errorLog: join(root, 'logs', 'error.log'),
    adminKeyFile: join(root, 'admin.key'),
    secretKeyFile: `${root}.key`,
  };
}

/** The admin key that an earlier start left for the local command line; null when there is none. */
export function readAdminKey(folder: DataFolder): string | null {
  try {
    return readFileSync(folder.adminKeyFile, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

export function writeAdminKey(folder: DataFolder, key: string): void {
  writeFileSync(folder.adminKeyFile, `${key}\n`, { mode: 0o600 });
}

/** Node's own `recursive` tries for ever where a parent exists and takes no folder (nodejs: /proc/x). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
