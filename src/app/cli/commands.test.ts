import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { type CommandLine, commandLine } from '../../../test/support/command-line.ts';
import { startSluice, type TestSluice } from '../../../test/support/sluice.ts';

let models: SimServer;
let server: TestSluice;
let folder: string;
/** The key comes from the data folder, as on an operator's machine. */
let sluice: CommandLine;

beforeAll(async () => {
  models = await startModelServer({
    port: 0,
    speed: Number.POSITIVE_INFINITY,
    models: [{ name: 'qwen2:7b' }, { name: 'qwen3:32b', contextLength: 4096 }],
  });
  server = await startSluice({ adminKey: null });
  folder = dirname(server.dataDir);
  sluice = commandLine({ SLUICE_URL: server.url, SLUICE_DATA: server.dataDir });
});
afterAll(async () => {
  await server.close();
  await models.close();
});

async function json(...args: string[]) {
  const { code, out } = await sluice(...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(out);
}

// One story: each step builds on the one before, as an operator's first hour does.
describe('the command line against a running gateway', () => {
  it('starts from nothing and says what to do next', async () => {
    expect(await json('status')).toMatchObject({ ready: true, models: [], routes: [] });
    expect((await sluice('models')).out).toContain('sluice models add ID');
    expect(await json('doctor')).toMatchObject({
      findings: [{ level: 'ok' }, { check: 'gateway', level: 'warn' }],
    });
  });

  it('registers models, with the protocol guessed from the address', async () => {
    const add = (id: string, url: string, model: string) =>
      json('models', 'add', id, '--url', url, '--model', model);
    expect(await add('stable', models.url, 'qwen2:7b')).toMatchObject({ id: 'stable', protocol: 'ollama' });
    expect(await add('candidate', models.url, 'qwen3:32b')).toMatchObject({ upstream_model: 'qwen3:32b' });
    expect(await add('openai', `${models.url}/v1`, 'qwen2:7b')).toMatchObject({ protocol: 'openai' });
    const { items } = await json('models', 'list');
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual(['candidate', 'openai', 'stable']);
  });

  it('checks a model by asking it', async () => {
    const { code, out } = await sluice('models', 'check', 'candidate');
    expect(code).toBe(0);
    expect(out).toMatch(/^plain {3}ok in \d+ ms\nstream {2}ok in \d+ ms, first token after \d+ ms$/);
  });

  it('changes one option without losing another', async () => {
    await json('models', 'set', 'candidate', '--option', 'num_ctx=4096', '--option', 'stop=["x"]');
    const changed = await json('models', 'set', 'candidate', '--option', 'num_gpu=-1');
    expect(changed.options).toEqual({ num_ctx: 4096, stop: ['x'], num_gpu: -1 });
  });

  it('makes a route and explains who gets what', async () => {
    const route = await json(
      'routes',
      'add',
      'support',
      '--default',
      '--rule',
      'stable=80',
      '--rule',
      'candidate=20',
    );
    expect(route).toMatchObject({ stable_model_id: 'stable', default: true });
    const { items } = await json('explain', 'support', 'alice', 'uid_123456');
    expect(items).toMatchObject([
      { user_id: 'alice', bucket: 0, assigned_model_id: 'stable', reason: 'rule' },
      { user_id: 'uid_123456', bucket: 89, assigned_model_id: 'candidate', reason: 'rule' },
    ]);
    expect((await sluice('explain', 'support', 'alice')).out.split('\n')[1]).toMatch(
      /^alice +0 +83 \(0\.83\) +stable +stable +rule 1: buckets 0 up to 80$/,
    );
  });

  it('disables, enables and rolls back a route', async () => {
    expect(await json('routes', 'disable', 'support')).toMatchObject({ enabled: false });
    expect((await sluice('explain', 'support', 'uid_123456')).out).toContain('route_disabled');
    expect(await json('routes', 'enable', 'support')).toMatchObject({ enabled: true });
    const file = join(folder, 'route.json');
    const rules = [
      { model_id: 'stable', weight: 50 },
      { model_id: 'candidate', weight: 50 },
    ];
    writeFileSync(file, JSON.stringify({ id: 'support', rules }));
    expect(await json('routes', 'set', file)).toMatchObject({ rules: [{ weight: 50 }, { weight: 50 }] });
    expect(await json('rollback', 'support')).toMatchObject({ rules: [{ weight: 80 }, { weight: 20 }] });
  });

  it('gives a route other shares on the command line, and keeps what was written about them', async () => {
    const set = (...rules: string[]) =>
      json('routes', 'set', 'support', ...rules.flatMap((rule) => ['--rule', rule]));
    expect(await set('stable=90: the old one ', 'candidate=10')).toMatchObject({
      rules: [
        { model_id: 'stable', weight: 90, description: 'the old one' },
        { model_id: 'candidate', weight: 10, description: '' },
      ],
    });
    expect(await set('stable=80', 'candidate=20:half: or less')).toMatchObject({
      rules: [{ description: 'the old one' }, { weight: 20, description: 'half: or less' }],
    });
    expect((await sluice('routes', 'set', 'nobody', '--rule', 'stable=100')).err).toContain(
      'no route "nobody"',
    );
    const shown = await sluice('routes', 'show', 'support');
    expect(shown.out).toContain('stable stable, stickiness user');
    expect(shown.out).toMatch(/candidate +20 % +half: or less/);
  });

  it('takes back the route as it prints it', async () => {
    const file = join(folder, 'printed.json');
    writeFileSync(file, (await sluice('routes', 'show', 'support', '--json')).out);
    expect(await json('routes', 'set', file)).toMatchObject({ id: 'support', default: true });
  });

  it('makes a key, alone on standard output, and revokes it', async () => {
    const { out, err } = await sluice('keys', 'create', 'bot');
    expect(out).toMatch(/^sluice_\S+$/);
    const id = /\((key_\w+)\)/.exec(err)?.[1] ?? '';
    expect((await sluice('keys')).out).toMatch(new RegExp(`${id} +bot +chat`));
    expect((await sluice('keys', 'revoke', id)).code).toBe(0);
    expect((await sluice('keys')).out).not.toContain(id);
  });

  it('lets the doctor find what is slow or dead, with exit code 1 for the dead', async () => {
    const { findings } = await json('doctor');
    const of = (model: string) => findings.filter((finding: { model: string }) => finding.model === model);
    expect(of('stable').every(({ level }: { level: string }) => level === 'ok')).toBe(true);
    expect(of('candidate')).toContainEqual(
      expect.objectContaining({
        check: 'context',
        level: 'warn',
        command: expect.stringContaining('num_ctx=8192'),
      }),
    );
    expect(of('openai')).toContainEqual(expect.objectContaining({ check: 'protocol', level: 'warn' }));
    await json('models', 'set', 'stable', '--model', 'gone');
    const { code, out } = await sluice('doctor');
    expect(code).toBe(1);
    expect(out).toContain('BROKEN  gone is not on this Ollama; it has qwen2:7b, qwen3:32b');
    expect(out).toContain('→ ollama pull gone');
  });

  it('names the field at fault', async () => {
    expect(await sluice('routes', 'add', 'r2', '--rule', 'stable=80')).toMatchObject({
      code: 1,
      err: 'sluice: rules: the weights add up to 80, they must add up to exactly 100',
    });
    const { err } = await sluice('routes', 'add', 'r2', '--rule', 'nobody=80');
    expect(err).toContain('\n  rules[0].model_id: there is no model "nobody"');
  });

  it('says in words what an id may hold, and which command changes what is there', async () => {
    const add = (id: string) => sluice('models', 'add', id, '--url', models.url, '--model', 'qwen2:7b');
    expect((await add('my model')).err).toBe(
      'sluice: id: must be 1 to 100 letters, digits, dots, colons, - and _, the first a letter or digit, got "my model"',
    );
    expect((await add('stable')).err).toContain('change it with `sluice models set stable`');
    expect((await sluice('routes', 'add', 'support', '--rule', 'stable=100')).err).toContain(
      'change it with `sluice routes set support`',
    );
  });

  it('says which key was refused, and when there is none', async () => {
    expect((await sluice('status', '--key', 'wrong')).err).toContain('(the key came from --key)');
  });

  it('shows examples in the help of every command', async () => {
    const names = [...(await sluice('--help')).out.matchAll(/^ {2}([a-z]+) [[<a-z]?/gm)].flatMap(
      ([, name]) => name ?? [],
    );
    expect(names).toEqual(
      expect.arrayContaining(['start', 'demo', 'sim', 'doctor', 'status', 'models', 'routes']),
    );
    for (const name of names.filter((one) => one !== 'help')) {
      expect((await sluice(name, '--help')).out, name).toContain('Examples:');
    }
  });

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['models', 'add', 'x'], 'a new model needs --url'],
    [['routes', 'add', 'x', '--rule', 'stable'], 'write MODEL=WEIGHT'],
    [['routes', 'set', 'x', '--rule', 'stable=a'], 'write MODEL=WEIGHT'],
    [['models', 'set', 'stable'], 'nothing to change'],
    [['models', 'set', 'stable', '--option', 'x'], 'write NAME=VALUE'],
    [['rollback', 'support', '--to', '-1'], 'whole number'],
    [['start', '--port', '99999'], 'whole number from 0 to 65535'],
    [['demo', '--speed', '0'], 'a number above 0'],
    [['explain', 'support'], "missing required argument 'user'"],
    [['doctor', '--upstream', 'x', '--protocol', 'grpc'], 'one of ollama, openai'],
  ])('calls %j wrong usage', async (args, message) => {
    const { code, err } = await sluice(...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  it('shows errors and takes the record home, once the index runs', async () => {
    await expect.poll(async () => (await sluice('errors')).code, { timeout: 20_000 }).toBe(0);
    expect((await sluice('errors')).out).toContain('no failed request');
    expect(await json('errors', '--window', '1h', '--class', 'truncated')).toEqual({
      items: [],
      next_cursor: null,
    });
    expect((await sluice('errors', '--class', 'oops')).err).toContain(
      'class: must be one of "context_length"',
    );
    const { code, out, err } = await sluice('export', 'requests', '--from', '2025-06-01');
    expect([code, out.startsWith('\uFEFFtime,request_id,')]).toEqual([0, true]);
    expect(err).toMatch(/1 line, 0\.\d kB/);
    expect((await sluice('export', 'sessions', '--window', 'x')).err).toContain('window: must be a duration');
  });

  it('plans, starts, reads and ends an experiment', async () => {
    const arm = (name: string, model_id: string) => ({ name, model_id, share: 20 });
    const experiment = {
      id: 'which',
      route_id: 'support',
      duration: '72h',
      arms: [arm('control', 'stable'), arm('treatment', 'stable')],
      metrics: [{ metric: 'completion_rate', role: 'primary', target: { absolute: 0.1 } }],
    };
    const file = join(folder, 'which.json');
    writeFileSync(file, JSON.stringify(experiment));
    expect((await sluice('experiment')).out).toContain('No experiment yet');
    const planned = await sluice('experiment', 'plan', file);
    expect(planned.out).toContain('72h are NOT enough');
    expect((await sluice('experiment', 'add', file)).out).toContain('experiment start which');
    expect((await json('experiment', 'plan', 'which')).is_enough).toBe(false);
    const started = await sluice('experiment', 'start', 'which');
    expect([started.code, started.err]).toEqual([0, expect.stringContaining('72h may not be enough')]);
    expect((await sluice('experiments')).out).toMatch(/which +running +support +control stable 20 %/);
    const { code, out } = await sluice('experiment', 'report', 'which');
    expect([code, out]).toEqual([0, expect.stringContaining('not enough data')]);
    expect(out).toContain('Go on: the rule is not met yet.');
    const file_zh = await sluice('experiment', 'report', 'which', '--format', 'md', '--language', 'zh-CN');
    expect(file_zh.out).toContain('会话完成率');
    expect((await sluice('experiment', 'report', 'which', '--format', 'pdf')).code).toBe(2);
    expect((await sluice('experiment', 'stop', 'which')).out).toContain('is stopped; its report stays');
    expect((await sluice('experiment', 'archive', 'which')).code).toBe(0);
    expect((await sluice('experiment', 'start', 'which')).err).toContain('only draft can be started');
  });

  it('makes the index again, by the gateway or without one', async () => {
    const through = await sluice('index', 'rebuild');
    expect([through.code, through.out]).toEqual([0, expect.stringMatching(/again .*: 0 requests in /)]);
    expect((await sluice('status')).out).toContain('index of requests: 0 requests, up to date');
    expect((await json('status')).index).toEqual({
      state: 'ready',
      requests: 0,
      lag_bytes: 0,
      progress: null,
    });
    expect((await sluice('index', 'rebuild', '--data', server.dataDir)).err).toContain('a gateway uses');
    const stopped = join(folder, 'stopped');
    expect((await sluice('index', 'rebuild', '--data', stopped)).err).toContain('is no data folder');
    cpSync(join(server.dataDir, 'journal'), join(stopped, 'journal'), { recursive: true });
    expect(await json('index', 'rebuild', '--data', stopped)).toMatchObject({ state: 'ready', requests: 0 });
  });
});
