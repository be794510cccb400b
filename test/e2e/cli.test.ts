import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { SLUICE } from '../support/child-sluice.ts';
import { type Finished, listeningUrl, runCommand } from '../support/command.ts';

/** One way through, in the order in which somebody new walks it: each step stands on the one before. */
describe('from an empty folder to two models and back', () => {
  let home: string;
  let sim: SimServer;
  let gateway: ChildProcess;
  let url: string;
  const welcome: string[] = [];
  const environment = (): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    HOME: home,
    SLUICE_URL: url ?? '',
  });
  const sluice = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, [SLUICE, ...args], { cwd: home, env: environment() });
  const ok = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await sluice(...args);
    expect(code, `sluice ${args.join(' ')}\n${out}${err}`).toBe(0);
    return out;
  };
  const json = async (...args: string[]) => JSON.parse(await ok(...args, '--json'));

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
    sim = await startModelServer({
      port: 0,
      models: [{ name: 'qwen2:7b' }, { name: 'qwen3:32b' }],
      speed: Number.POSITIVE_INFINITY,
    });
    gateway = spawn(process.execPath, [SLUICE, 'start', '--port', '0'], {
      cwd: home,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    gateway.stdout?.on('data', (chunk) => welcome.push(String(chunk)));
    url = await listeningUrl(gateway);
  });
  afterAll(async () => {
    if (gateway.exitCode === null && gateway.signalCode === null) {
      gateway.kill('SIGKILL');
      await once(gateway, 'exit');
    }
    await sim.close();
    await rm(home, { recursive: true, force: true });
  });

  it('start shows the admin key once, and keeps it for this machine alone', async () => {
    await expect.poll(() => welcome.join('')).toContain('No model is registered');
    const key = (await readFile(join(home, 'data', 'admin.key'), 'utf8')).trim();
    expect(welcome.join('')).toContain(key);
    expect((await stat(join(home, 'data', 'admin.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'data.key'))).mode & 0o777).toBe(0o600);
  });

  it('a second start on the same port says what to do and exits 1', async () => {
    const { code, err } = await sluice('start', '--port', new URL(url).port, '--data', 'other');
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(/--port/);
  });

  it('wrong usage exits 2, and says how it is used', async () => {
    for (const args of [['strat'], ['explain'], ['models', 'add', 'x'], ['start', '--port', 'http']]) {
      const { code, err } = await sluice(...args);
      expect([args.join(' '), code]).toEqual([args.join(' '), 2]);
      expect(err).toMatch(/\S/);
    }
  });

  let key: string;
  it('keys, models and a route', async () => {
    key = (await ok('keys', 'create', 'support-bot')).trim();
    expect(key).toMatch(/^\S{20,}$/);
    await ok('models', 'add', 'qwen2-7b-stable', '--url', sim.url, '--model', 'qwen2:7b');
    await ok('models', 'add', 'qwen3-32b-prod', '--url', sim.url, '--model', 'qwen3:32b');
    await ok(
      'routes',
      'add',
      'support',
      '--default',
      '--rule',
      'qwen2-7b-stable=80',
      '--rule',
      'qwen3-32b-prod=20',
    );
    expect(await json('models', 'check', 'qwen3-32b-prod')).toMatchObject({ ok: true });
    expect(await ok('status')).toMatch(/support/);
  });

  it('the user that explain names is served so', async () => {
    const explained = await json('explain', 'support', 'alice', 'uid_123456');
    expect(JSON.stringify(explained)).toContain('"bucket":89');
    for (const [user, model] of [
      ['alice', 'qwen2-7b-stable'],
      ['uid_123456', 'qwen3-32b-prod'],
    ]) {
      expect(await ok('explain', 'support', String(user))).toContain(model);
      expect(await served(String(user))).toBe(model);
    }
  });

  it('a route file is checked, set and rolled back', async () => {
    const file = join(home, 'support.json');
    await writeFile(
      file,
      '{"strategy":"hash_user_id","rules":[{"model_id":"qwen2-7b-stable","weight":80},{"model_id":"qwen3-32b-prod","weight":19}]}',
    );
    const refused = await sluice('routes', 'set', file, '--id', 'support');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/100/);
    await writeFile(
      file,
      '{"strategy":"hash_user_id","rules":[{"model_id":"qwen2-7b-stable","weight":0},{"model_id":"qwen3-32b-prod","weight":100}]}',
    );
    await ok('routes', 'set', file, '--id', 'support');
    expect(await served('alice')).toBe('qwen3-32b-prod');
    await ok('rollback', 'support');
    expect(await served('alice')).toBe('qwen2-7b-stable');
    await ok('routes', 'disable', 'support');
    expect(await served('uid_123456')).toBe('qwen2-7b-stable');
    await ok('routes', 'enable', 'support');
    expect(await served('uid_123456')).toBe('qwen3-32b-prod');
  });

  it('doctor finds nothing broken, and says what is when the model server is gone', async () => {
    const healthy = await sluice('doctor');
    expect([healthy.code, healthy.out + healthy.err]).toEqual([0, expect.any(String)]);
    await sim.close();
    const broken = await sluice('doctor');
    expect(broken.code).toBe(1);
    expect(broken.out + broken.err).toContain(sim.url);
  });

  it('SIGTERM ends it with 0 after it has drained', async () => {
    const exit = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await exit).toEqual([0, null]);
    expect((await sluice('status')).code).toBe(1);
  });

  async function served(user: string): Promise<string | null> {
    const answer = await fetch(`${url}/v1/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ user_id: user, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    expect(answer.status).toBe(200);
    return answer.headers.get('x-model-used');
  }
});
