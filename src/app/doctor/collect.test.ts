import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../../sim/model-server.ts';
import { collectFacts } from './collect.ts';
import { examine } from './examine.ts';
import type { Subject } from './facts.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function simulated(
  ...[options]: [Partial<Parameters<typeof startModelServer>[0]>]
): Promise<SimServer> {
  const server = await startModelServer({
    port: 0,
    speed: Number.POSITIVE_INFINITY,
    models: [{ name: 'qwen3:32b' }],
    ...options,
  });
  stops.push(() => server.close());
  return server;
}

async function serving(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stops.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const address = server.address();
  return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
}

/** An address where nobody listens any more. */
async function closedPort(): Promise<string> {
  const server = await startModelServer({ port: 0, models: [] });
  await server.close();
  return server.url;
}

function subject(baseUrl: string, more: Partial<Subject> = {}): Subject {
  return { id: 'm', protocol: 'ollama', baseUrl, upstreamModel: 'qwen3:32b', options: null, ...more };
}

async function troubles(about: Subject): Promise<string[]> {
  const facts = await collectFacts(about, { lookLimitMs: 2000, talkLimitMs: 5000 });
  // This machine's memory is not what is tested.
  return examine({ ...facts, memoryBytes: null }).flatMap(({ check, level }) =>
    level === 'ok' ? [] : [`${level} ${check}`],
  );
}

describe('collectFacts', () => {
  it('finds nothing wrong with a healthy Ollama, and reads what it is', async () => {
    const { url } = await simulated({});
    const facts = await collectFacts(subject(url));
    expect(facts).toMatchObject({ isLocal: true, ollamaAt: url, parameterSize: '32B', names: ['qwen3:32b'] });
    expect(facts.talk).toMatchObject({ isComplete: true, wasLoaded: true, error: null });
    expect(facts.talk?.pieceMs.length).toBeGreaterThan(5);
    expect(await troubles(subject(url))).toEqual([]);
  });

  it('takes a model that is there when none is named', async () => {
    const { url } = await simulated({});
    const { subject: named } = await collectFacts(subject(url, { id: null, upstreamModel: null }));
    expect(named.upstreamModel).toBe('qwen3:32b');
  });

  it('sees the CPU and a small context in /api/ps, once the model is loaded', async () => {
    const { url } = await simulated({
      models: [{ name: 'qwen3:32b', sizeVram: 0, contextLength: 4096, loaded: false, loadMs: 1 }],
    });
    expect(await troubles(subject(url))).toEqual(['warn gpu', 'warn context']);
  });

  it('sees that the model was not pulled, and asks nothing then', async () => {
    const { url, requests } = await simulated({});
    expect(await troubles(subject(url, { upstreamModel: 'qwen3:14b' }))).toEqual(['broken pulled']);
    expect(requests.some(({ path, bodyBytes }) => path === '/api/chat' && bodyBytes > 0)).toBe(false);
  });

  it.each([
    ['out_of_memory', { fault: 'out_of_memory' }],
    ['truncated', { fault: 'truncated' }],
    ['runner_terminated', { fault: 'status_500' }],
    ['answer', { fault: 'reset_before' }],
  ] as const)('tells %s from the answer itself', async (check, fault) => {
    const { url } = await simulated({ faults: [fault] });
    expect(await troubles(subject(url))).toEqual([`broken ${check}`]);
  });

  it('waits no longer than its limit', async () => {
    const { url } = await simulated({ faults: [{ fault: 'hang' }] });
    const facts = await collectFacts(subject(url), { talkLimitMs: 100 });
    expect(facts.talk?.contact).toEqual({ kind: 'none', code: 'TIMEOUT' });
  });

  it('knows an OpenAI server, and an Ollama spoken to as one', async () => {
    const vllm = await simulated({ protocol: 'openai' });
    expect(await troubles(subject(`${vllm.url}/v1`, { protocol: 'openai' }))).toEqual([]);
    expect(await troubles(subject(vllm.url))).toEqual(['broken wrong_protocol']);
    const ollama = await simulated({});
    expect(await troubles(subject(`${ollama.url}/v1`, { protocol: 'openai' }))).toEqual(['warn protocol']);
    expect(await troubles(subject(`${ollama.url}/v1`))).toEqual(['broken wrong_path']);
  });

  it('knows the empty 403 of the Host check', async () => {
    const { url } = await simulated({});
    const proxy = await serving((_request, response) => {
      void fetch(`${url}/api/version`).then(() => response.writeHead(403).end());
    });
    expect(await troubles(subject(proxy))).toEqual(['broken host_check']);
  });

  it('knows a stranger, and a port where nobody is', async () => {
    const url = await serving((_request, response) => void response.end('<html>hello</html>'));
    expect(await troubles(subject(url))).toEqual(['broken wrong_port']);
    expect((await collectFacts(subject(await closedPort()))).front).toEqual({
      kind: 'none',
      code: 'ECONNREFUSED',
    });
  });
});
