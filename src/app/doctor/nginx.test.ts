import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { collectFacts } from './collect.ts';
import { examine } from './examine.ts';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** A real nginx with the given server block; its address. */
async function nginx(block: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'));
  const port = await freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = temp.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
     events {} http { access_log off; ${paths} server { listen 127.0.0.1:${port}; ${block} } }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  stops.push(async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await fetch(url).catch(() => null)) return url;
    await delay(20);
  }
  throw new Error('nginx did not start');
}

async function simulated(
  ...[options]: [Partial<Parameters<typeof startModelServer>[0]>]
): Promise<SimServer> {
  const server = await startModelServer({
    port: 0,
    models: [{ name: 'qwen2:7b', firstTokenMs: 10 }],
    ...options,
  });
  stops.push(() => server.close());
  return server;
}

async function troubles(baseUrl: string) {
  const about = { id: 'm', protocol: 'ollama', baseUrl, upstreamModel: 'qwen2:7b', options: null } as const;
  const facts = await collectFacts(about, { talkLimitMs: 10_000 });
  return examine(facts).flatMap(({ check, level, command }) =>
    level === 'ok' ? [] : [[level, check, command]],
  );
}

describe.skipIf(!hasNginx)('doctor behind a real nginx', () => {
  it('names what a block without any setting does to a stream and to large bodies', async () => {
    const { url } = await simulated({});
    expect(await troubles(await nginx(`location / { proxy_pass ${url}; }`))).toEqual([
      ['warn', 'buffering', 'proxy_buffering off;'],
      ['warn', 'body_limit', 'client_max_body_size 32m;'],
    ]);
  });

  it('finds nothing wrong with a block made for streams', async () => {
    const { url } = await simulated({});
    const block = `client_max_body_size 32m;
      location / { proxy_pass ${url}; proxy_buffering off; proxy_http_version 1.1; proxy_set_header Host localhost; }`;
    expect(await troubles(await nginx(block))).toEqual([]);
  });

  it('names the directive behind a 504', async () => {
    const { url } = await simulated({ faults: [{ fault: 'hang' }] });
    const block = `client_max_body_size 32m; location / { proxy_pass ${url}; proxy_read_timeout 1s; }`;
    expect(await troubles(await nginx(block))).toEqual([
      ['broken', 'nginx_timeout', 'proxy_read_timeout 3600s;'],
    ]);
  });

  it('names the Host header that Ollama refuses', async () => {
    const { url } = await simulated({});
    const block = `location / { proxy_pass ${url}; proxy_set_header Host chat.example.com; }`;
    expect(await troubles(await nginx(block))).toEqual([
      ['broken', 'host_check', 'proxy_set_header Host localhost;'],
    ]);
  });

  it('tells a missing location from a missing server', async () => {
    expect(await troubles(await nginx('root /nowhere;'))).toEqual([
      ['broken', 'nginx_location', 'location / { proxy_pass http://127.0.0.1:11434; }'],
    ]);
    expect(await troubles(await nginx('location / { proxy_pass http://127.0.0.1:9; }'))).toMatchObject([
      ['broken', 'nginx_upstream', 'ollama serve'],
    ]);
  });
});
