import { afterEach, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { freePort, NGINX, startNginx } from '../../../test/proxy/nginx.ts';
import { collectFacts } from './collect.ts';
import { examine } from './examine.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A real nginx with the given server block; its address. */
async function nginx(block: string): Promise<string> {
  const port = await freePort();
  const server = await startNginx(`server { listen 127.0.0.1:${port}; ${block} }`, [port]);
  stops.push(() => server.close());
  return `http://127.0.0.1:${port}`;
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

describe.skipIf(NGINX === null)('doctor behind a real nginx', () => {
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
