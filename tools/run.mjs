// First thing that runs in a fresh clone: plain JavaScript for Node 20, no dependency.
// Installs what is missing, then hands over to Node 24 from npm's platform packages.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from '../bin/find-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

const CONSOLE = ['node', 'tools/build-console.mjs', '--if-needed'];
const TASKS = {
  start: [CONSOLE, ['node', 'bin/sluice', 'start']],
  demo: [CONSOLE, ['node', 'bin/sluice', 'demo']],
  test: [['vitest', 'run']],
  check: [
    ['biome', 'ci', '.'],
    ['tsc', '--noEmit'],
    ['tsc', '--noEmit', '-p', 'console'],
    ['knip'],
    ['vitest', 'run', 'test/tidy.test.ts', 'test/openapi.test.ts', 'console/src/i18n/words.test.ts'],
  ],
  format: [['biome', 'check', '--write', '.']],
  bench: [['node', 'bench/main.ts']],
  prove: [['node', 'test/prove/main.ts']],
  calibrate: [['node', 'test/prove/main.ts', 'calibration']],
  openapi: [['node', 'tools/openapi.ts']],
  screenshots: [['node', 'tools/screenshots.ts']],
  build: [
    ['node', 'tools/build.mjs'],
    ['node', 'tools/build-console.mjs'],
  ],
  'build:console': [['node', 'tools/build-console.mjs']],
};

/** npm writes this file last; it is older than the lock file when the lock changed since. */
function isInstalled() {
  const stamp = join(modules, '.package-lock.json');
  return existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  process.stderr.write('sluice: installing dependencies (npm ci), this happens once …\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(
    command,
    [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=optional', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: !npm && process.platform === 'win32',
    },
  );
  if (done.status !== 0) {
    process.stderr.write('sluice: the dependencies could not be installed; npm says above why\n');
    process.exit(1);
  }
}

function binOf(name) {
  const manifest = JSON.parse(readFileSync(join(modules, PACKAGE_OF[name] ?? name, 'package.json'), 'utf8'));
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[name];
  return join(modules, PACKAGE_OF[name] ?? name, bin);
}
const PACKAGE_OF = { biome: '@biomejs/biome', tsc: 'typescript' };

/** How often a step looks whether npm is still there. */
const PARENT_CHECK_MS = 500;

/** Runs one step to its end. */
function step(node, [tool, ...args], extra) {
  const script = tool === 'node' ? args : [binOf(tool), ...args];
  const env = { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, [...script, ...extra], { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  // npm passes no SIGTERM through its shell: when it is gone, the step is told in its place.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_CHECK_MS).unref();
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

const [task, ...extra] = process.argv.slice(2);
const steps = TASKS[task];
if (!steps) {
  process.stderr.write(`sluice: unknown task "${task}"; one of ${Object.keys(TASKS).join(', ')}\n`);
  process.exit(2);
}
if (!isInstalled()) install();
const node = findNode(root);
if (!node) {
  process.stderr.write('sluice: needs Node 24 or later; install it from your system or nodejs.org\n');
  process.exit(1);
}
for (const [index, line] of steps.entries()) {
  const code = await step(node, line, index === steps.length - 1 ? extra : []);
  if (code !== 0) process.exit(code);
}
