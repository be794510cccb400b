import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { createAdminClient } from '../support/admin-client.ts';
import { createAsker } from '../support/asker.ts';
import { type Finished, listeningUrl, runCommand } from '../support/command.ts';
import { modelInput } from '../support/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The machine's own Node, which is the 20 of the promise; else the one that runs this test. */
const NODE = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const INSTALL_LIMIT_MS = 180_000;

const npm = await findNpm();
const isReachable = npm !== null && (await reachesRegistry());
const why =
  npm === null
    ? 'skipped: npm was not found'
    : isReachable
      ? 'installed'
      : 'skipped: the npm registry cannot be reached';

describe.skipIf(!isReachable)(`the published package (${why})`, () => {
  let home: string;
  let sim: SimServer;
  let gateway: ChildProcess | null = null;
  const environment = (): Record<string, string> => ({
    PATH: [dirname(NODE), '/usr/bin', '/bin'].join(':'),
    HOME: home,
    SLUICE_ADMIN_KEY: 'admin-key-of-the-package-test-0123',
    ...(process.env.npm_config_registry ? { npm_config_registry: process.env.npm_config_registry } : {}),
  });
  const run = (command: string, ...args: string[]): Promise<Finished> =>
    runCommand(command, args, { cwd: home, env: environment(), limitMs: INSTALL_LIMIT_MS });
  const good = async (command: string, ...args: string[]): Promise<string> => {
    const { code, out, err } = await run(command, ...args);
    expect(code, `${command} ${args.join(' ')}\n${out}\n${err}`).toBe(0);
    return out;
  };
  const sluice = (): string => join(home, 'node_modules', '.bin', 'sluice');

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sluice-package-'));
    sim = await startModelServer({
      port: 0,
      models: [{ name: 'qwen2:7b' }],
      speed: Number.POSITIVE_INFINITY,
    });
    await mkdir(join(home, 'packed'));
    const pack = ['pack', ROOT, '--pack-destination', join(home, 'packed')];
    await good(NODE, npm ?? '', ...pack);
    const tarball = readdirSync(join(home, 'packed')).find((name) => name.endsWith('.tgz')) ?? '';
    await writeFile(join(home, 'package.json'), '{"private":true}');
    await good(
      NODE,
      npm ?? '',
      'install',
      `./packed/${tarball}`,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefer-offline',
    );
  }, 2 * INSTALL_LIMIT_MS);
  afterAll(async () => {
    // Under Node 20 the command is a parent that passes signals on: killed outright it would leave its child behind.
    if (gateway && gateway.exitCode === null) {
      gateway.kill('SIGTERM');
      await once(gateway, 'exit');
    }
    await sim.close();
    await rm(home, { recursive: true, force: true });
  });

  it('holds built JavaScript and no TypeScript, no tests, no simulator’s sources', async () => {
    const folder = join(home, 'node_modules', 'sluice-gateway');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
    expect(files.filter((name) => /\.test\.|^test\//.test(name))).toEqual([]);
    expect(files).toContain(join('dist', 'src', 'app', 'cli', 'main.js'));
  });

  it(`tells its version under Node ${NODE}`, async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect((await good(sluice(), '--version')).trim()).toContain(version);
  });

  it('starts and serves one chat', async () => {
    gateway = spawn(sluice(), ['start', '--port', '0'], {
      cwd: home,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await listeningUrl(gateway);
    const admin = createAdminClient(url, String(environment().SLUICE_ADMIN_KEY));
    await admin.must(
      'POST',
      '/models',
      modelInput({ id: 'only', upstream: 'ollama', url: sim.url, name: 'qwen2:7b' }),
    );
    await admin.must('POST', '/routes', { rules: [{ model_id: 'only', weight: 100 }] });
    const asker = createAsker(url, String(environment().SLUICE_ADMIN_KEY));
    const reply = await asker.ask({ door: 'chat', userId: 'alice' });
    await asker.close();
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ model_id: 'only', message: { role: 'assistant' } });
    for (const path of ['/openapi.json', '/docs', '/healthz', '/readyz', '/version']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
  });
});

/** npm's own script, to be run with the Node under test; null when there is none. */
async function findNpm(): Promise<string | null> {
  const given = process.env.npm_execpath;
  if (given?.endsWith('npm-cli.js') && existsSync(given)) return given;
  const found = await runCommand('/bin/sh', ['-c', 'command -v npm'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '' },
  });
  return found.code === 0 && found.out.trim() !== '' ? realpathSync(found.out.trim()) : null;
}

async function reachesRegistry(): Promise<boolean> {
  const registry = process.env.npm_config_registry ?? 'https://registry.npmjs.org/';
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const ping = await runCommand(
    NODE,
    [npm ?? '', 'ping', '--registry', registry, '--fetch-retries', '0', '--fetch-timeout', '5000'],
    { cwd: ROOT, env, limitMs: 15_000 },
  );
  return ping.code === 0;
}
