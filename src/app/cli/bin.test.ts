import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const SLUICE = fileURLToPath(new URL('../../../bin/sluice', import.meta.url));
const folders: string[] = [];
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bin-'));
  folders.push(folder);
  return folder;
}

interface Running {
  readonly child: ChildProcess;
  /** Resolves when the output so far matches; rejects when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

function start(args: readonly string[], variables: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [SLUICE, ...args], { env: { PATH: process.env.PATH, ...variables } });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(out);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${out}${err}`)));
      look();
    });
  return { child, until, ended };
}

describe('bin/sluice', () => {
  it.each([
    [['--version'], 0],
    [['--help'], 0],
    [['help', 'start'], 0],
    [['models', 'add', '--help'], 0],
    [[], 2],
    [['nonsense'], 2],
    [['start', '--colour'], 2],
    [['status', '--url', 'http://127.0.0.1:1', '--key', 'k'], 1],
    [['validate', '/nowhere.json'], 1],
  ])('%j ends with %d', async (args, code) => {
    expect((await start(args).ended).code).toBe(code);
  });

  it('starts, tells where the key is, refuses the port to a second one, and drains on SIGTERM', async () => {
    const data = join(temporaryFolder(), 'data');
    const gateway = start(['start', '--port', '0', '--data', data]);
    const [, url = ''] = await gateway.until(/listens on (\S+)\n/);
    await gateway.until(/shown this once: sluice_\S+ \(kept in \S+admin\.key\)/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    const second = start(['start', '--port', new URL(url).port, '--data', join(temporaryFolder(), 'data')]);
    const { code, out, err } = await second.ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^sluice: port \d+ on 127\.0\.0\.1 is taken; try --port 18790\n$/);

    const status = await start(['status', '--json'], { SLUICE_URL: url, SLUICE_DATA: data }).ended;
    expect(JSON.parse(status.out)).toMatchObject({ url, ready: true, models: [] });

    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
  });

  it('simulates a model server until it is told to stop', async () => {
    const sim = start(['sim', '--port', '0', '--model', 'llama3:8b', '--seed', '7']);
    const [, url] = await sim.until(/model server on (\S+), with llama3:8b\n[\s\S]*Ctrl-C/);
    const tags = await (await fetch(`${url}/api/tags`)).json();
    expect(tags).toMatchObject({ models: [{ name: 'llama3:8b' }] });
    sim.child.kill('SIGINT');
    expect((await sim.ended).code).toBe(0);
  });

  it.concurrent('plays a release in the demo until everyone has the candidate, and leaves nothing behind', {
    timeout: 120_000,
  }, async () => {
    const TMPDIR = temporaryFolder();
    const demo = start(['demo', '--port', '0', '--speed', '6', '--duration', '110'], { TMPDIR });
    await demo.until(/demo {2}active, 5 %/);
    await demo.until(/demo {2}completed, 100 %/);
    demo.child.kill('SIGINT');
    const { code, out, err } = await demo.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('(none)');
    expect(out).toMatch(/breaker (CLOSED|OPEN|HALF_OPEN)/);
    expect(out).not.toMatch(/errors (?!0\.0)[\d.]+ %/);
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('sluice-demo'))).toEqual([]);
  });

  it.concurrent('plays one of a bad candidate that is aborted', { timeout: 120_000 }, async () => {
    const TMPDIR = temporaryFolder();
    const demo = start(['demo', '--bad', '--port', '0', '--speed', '6', '--duration', '110'], { TMPDIR });
    await demo.until(/demo {2}aborted, 0 %/);
    demo.child.kill('SIGINT');
    expect((await demo.ended).code).toBe(0);
  });
});
