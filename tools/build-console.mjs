// Makes dist/console/, the web console as the gateway serves it, where its sources are newer. With --if-needed without
// failing: a gateway that starts without its console is better than one that does not start.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ifNeeded = process.argv.includes('--if-needed');
const folder = join(root, 'dist', 'console');
const built = join(folder, 'index.html');

function newestMs(path) {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}

/** What the built files are made of. */
const SOURCES = ['console', 'src/contract', 'src/domain', 'package-lock.json'];

function isFresh() {
  if (!existsSync(built)) return false;
  const builtMs = statSync(built).mtimeMs;
  return SOURCES.every((name) => newestMs(join(root, name)) <= builtMs);
}

if (isFresh()) process.exit(0);
if (ifNeeded) process.stderr.write('sluice: building the console …\n');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
// Made aside and put in place whole: tests that start together may make it together, and read it meanwhile.
const [fresh, old] = ['fresh', 'old'].map((name) => join(root, 'dist', `.console-${name}-${process.pid}`));
const args = [
  'build',
  'console',
  '--outDir',
  fresh,
  '--emptyOutDir',
  '--logLevel',
  ifNeeded ? 'warn' : 'info',
];
// Tests have a NODE_ENV of their own, and React would bring its development build.
const env = { ...process.env, NODE_ENV: 'production' };
const done = spawnSync(process.execPath, [vite, ...args], { cwd: root, stdio: ['ignore', 2, 2], env });
if (done.status === 0) {
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
  process.exit(0);
}
rmSync(fresh, { recursive: true, force: true });
process.stderr.write('sluice: the console could not be built; the reason stands above\n');
process.exit(ifNeeded ? 0 : 1);
