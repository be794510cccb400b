import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the built console, as it is sent. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Its name holds a hash of its content, so a browser may keep it for ever. */
  readonly isHashed: boolean;
  readonly etag: string;
  readonly plain: Buffer;
  /** Packed when the console was built; null where that saves nothing. */
  readonly brotli: Buffer | null;
  readonly gzip: Buffer | null;
}

export interface ConsoleFiles {
  /** `name` below the folder, such as `assets/index-1a2b.js`; null for whatever was not built. */
  find(name: string): ConsoleFile | null;
  readonly index: ConsoleFile;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Where `npm run build` and `npm start` put the console; the published package runs one folder deeper. */
export const CONSOLE_FOLDERS = ['../../../dist/console/', '../../../../dist/console/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * The console out of the first of these folders that has one, or null where it was not built yet. Names are looked up in a list that is made here, once: no path of a
 * request ever reaches the file system. Contents are read when they are first asked for and then kept: two megabytes.
 */
export function openConsoleFiles(folders: readonly string[]): ConsoleFiles | null {
  const folder = folders.find((path) => existsSync(join(path, 'index.html')));
  if (folder === undefined) return null;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => extname(name) in TYPES);
  const known = new Set(names);
  const read = new Map<string, ConsoleFile>();
  const find = (name: string): ConsoleFile | null => {
    const kept = read.get(name);
    if (kept || !known.has(name)) return kept ?? null;
    const file = readConsoleFile(folder, name);
    read.set(name, file);
    return file;
  };
  return { find, index: readConsoleFile(folder, 'index.html') };
}

function readConsoleFile(folder: string, name: string): ConsoleFile {
  const packed = (extension: string): Buffer | null =>
    existsSync(join(folder, name + extension)) ? readFileSync(join(folder, name + extension)) : null;
  const plain = readFileSync(join(folder, name));
  return {
    contentType: TYPES[extname(name)] ?? 'application/octet-stream',
    isHashed: name.startsWith('assets/'),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    plain,
    brotli: packed('.br'),
    gzip: packed('.gz'),
  };
}
