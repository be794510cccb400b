import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * The architecture as a test (DESIGN §3): who may import whom, what the domain may not touch, cycles,
 * dead files, sizes. Textual on purpose; it must stay short enough to be read in a minute.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

/** Floor → what it may import besides itself. Floors of the same height never meet. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/contract': ['src/domain'],
  'src/ports': ['src/domain', 'src/contract'],
  'src/gateway': ['src/domain', 'src/contract', 'src/ports'],
  'src/control': ['src/domain', 'src/contract', 'src/ports'],
  'src/analysis': ['src/domain', 'src/contract', 'src/ports'],
  'src/adapters': ['src/domain', 'src/contract', 'src/ports'],
  'src/app': [
    'src/domain',
    'src/contract',
    'src/ports',
    'src/gateway',
    'src/control',
    'src/analysis',
    'src/adapters',
    'sim',
  ],
  sim: ['src/domain', 'src/contract'],
};
/** The console is built for the browser: of the gateway it knows the shapes of its API, as types, and nothing that runs. */
const CONSOLE_KNOWS = /^src\/(contract|domain)\//;
const ENTRIES = [
  'src/app/cli/main.ts',
  'src/adapters/duckdb/index-process.ts',
  'src/adapters/duckdb/line-writer-thread.ts',
  'src/adapters/journal/erase-worker.ts',
  'src/adapters/journal/page-reader-thread.ts',
  'sim/bench-server.ts',
];
const MAX_LINES = 300;
/** What would make the domain depend on when, where or by whom it runs. */
const IMPURE =
  /\bDate\.now|new Date\(\)|Math\.random|performance\.|setTimeout|setInterval|setImmediate|queueMicrotask|\bfetch\(|process\.|console\.|globalThis/;
/** The one built-in that the domain may use: a hash is a pure function. */
const DOMAIN_BUILTINS = new Set(['node:crypto']);
const DOMAIN_PACKAGES = /^@stdlib\//;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.includes('/conformance/');
const sources = ['src', 'sim', 'bench', 'test', 'console'].flatMap((folder) => readTree(join(root, folder)));
const byPath = new Map(sources.map((source) => [source.path, source]));
const product = sources.filter((source) => /^(src|sim)\//.test(source.path) && !isTest(source.path));

describe('tidy', () => {
  it('finds the tree', () => {
    expect(product.length).toBeGreaterThan(20);
    for (const entry of ENTRIES) expect(byPath.has(entry), entry).toBe(true);
  });

  it('keeps the floors', () => {
    expect(product.flatMap(floorFaults)).toEqual([]);
  });

  it('keeps the domain pure', () => {
    const domain = product.filter((source) => source.path.startsWith('src/domain/'));
    const faults = domain.flatMap(({ path, text, imports }) => [
      ...(IMPURE.exec(withoutComments(text)) ?? []).map((word) => `${path}: impure (${word})`),
      ...imports
        .filter((name) => !name.startsWith('.') && !DOMAIN_BUILTINS.has(name) && !DOMAIN_PACKAGES.test(name))
        .map((name) => `${path}: imports ${name}`),
    ]);
    expect(faults).toEqual([]);
  });

  it('lets the console know nothing but types', () => {
    const faults = sources
      .filter(({ path }) => path.startsWith('console/') && !isTest(path))
      .flatMap(consoleFaults);
    expect(faults).toEqual([]);
  });

  it('has no import of a missing file and no cycle', () => {
    const missing = sources.flatMap((source) =>
      localImports(source)
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${source.path}: ${target}`),
    );
    expect(missing).toEqual([]);
    expect(findCycles()).toEqual([]);
  });

  it('has no dead file', () => {
    const alive = new Set<string>();
    const visit = (path: string): void => {
      const source = byPath.get(path);
      if (!source || alive.has(path)) return;
      alive.add(path);
      localImports(source).forEach(visit);
    };
    ENTRIES.forEach(visit);
    expect(product.map((source) => source.path).filter((path) => !alive.has(path))).toEqual([]);
  });

  it(`has no file over ${MAX_LINES} lines`, () => {
    const long = sources.filter((source) => source.text.split('\n').length - 1 > MAX_LINES);
    expect(long.map((source) => source.path)).toEqual([]);
  });

  it('has a lock file that names every platform’s packages, or npm ci refuses it', () => {
    const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
    );
    const names = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const missing = Object.values(lock.packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}).filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const odd = sources.filter(({ path }) => !/^[a-z0-9./-]+$/.test(path));
    expect(odd.map((source) => source.path)).toEqual([]);
  });
});

function readTree(folder: string): Source[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/node_modules|\.cache/.test(name))
    .map((name) => {
      const path = relative(root, join(folder, name)).replaceAll('\\', '/');
      const text = readFileSync(join(folder, name), 'utf8');
      return { path, text, imports: importsOf(text) };
    });
}

/** Static, re-exported, side-effect and dynamic imports with a literal name. */
function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}

function localImports(source: Source): string[] {
  return source.imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, join(root, dirname(source.path), name)).replaceAll('\\', '/'));
}

function floorOf(path: string): string {
  return path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? '');
}

function floorFaults(source: Source): string[] {
  const own = floorOf(source.path);
  const allowed = MAY_IMPORT[own];
  if (!allowed) return [`${source.path}: stands on no floor`];
  return localImports(source)
    .filter((target) => floorOf(target) !== own && !allowed.includes(floorOf(target)))
    .map((target) => `${source.path}: ${own} must not import ${target}`);
}

function consoleFaults({ path, text, imports }: Source): string[] {
  const outside = localImports({ path, text, imports }).filter((target) => !target.startsWith('console/'));
  return [
    ...outside.filter((target) => !CONSOLE_KNOWS.test(target)).map((target) => `${path}: imports ${target}`),
    ...[...text.matchAll(/^import (?!type)[^;]*?from '((?:\.\.\/)+src\/[^']+)'/gm)].map(
      ([, target]) => `${path}: runs ${target}`,
    ),
  ];
}

function findCycles(): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
      return;
    }
    state.set(path, 'open');
    const source = byPath.get(path);
    if (source) for (const target of localImports(source)) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const source of sources) visit(source.path, []);
  return cycles;
}
