import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, hi, testModels as models, post } from '../test/support/sim-client.ts';
import { type SimServer, startModelServer } from './model-server.ts';

let server: SimServer;
beforeAll(async () => {
  server = await startModelServer({ port: 0, models, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => server.close());

describe('the server', () => {
  it('is deterministic by seed, times apart', async () => {
    const start = (seed: number) => startModelServer({ port: 0, models, seed });
    const [a, b, c] = await Promise.all([start(5), start(5), start(6)]);
    const body = { model: 'qwen2:7b', messages: [{ role: 'user', content: '我要退款' }] };
    const ask = async (one: SimServer) => {
      const limits = { max_tokens: 8, options: { num_predict: 8 } };
      const ollama = await post(`${one.url}/api/chat`, { ...body, ...limits });
      const openai = await post(`${one.url}/v1/chat/completions`, { ...body, ...limits });
      return (ollama.text + openai.text).replaceAll(/"created(_at)?":("[^"]*"|\d+)/g, '');
    };
    const [first, same, other] = [await ask(a), await ask(b), await ask(c)];
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
    await Promise.all([a.close(), b.close(), c.close()]);
  });

  it('remembers what it was asked, in bounds', async () => {
    const small = await startModelServer({
      port: 0,
      models,
      speed: Number.POSITIVE_INFINITY,
      recordLimit: 20,
    });
    for (let i = 0; i < 60; i++)
      await post(`${small.url}/api/chat`, { model: 'qwen2:7b', messages: hi, extra: i });
    expect(small.requests.length).toBeLessThanOrEqual(41);
    expect(small.requests.at(-1)).toMatchObject({
      serial: 60,
      model: 'qwen2:7b',
      path: '/api/chat',
      status: 200,
      closeReason: 'finished',
    });
    expect(small.requests.at(-1)?.body?.toString()).toContain('"extra":59');
    const shown = JSON.parse((await get(`${small.url}/sim/requests?limit=2&bodies=true`)).text);
    expect(shown.requests.map((one: { serial: number }) => one.serial)).toEqual([59, 60]);
    await small.close();
  });

  it('notices at once that a client left', async () => {
    const slow = await startModelServer({ port: 0, models: [{ name: 'm', tokensPerSecond: 1 }] });
    const controller = new AbortController();
    const body = JSON.stringify({ model: 'm', messages: hi });
    const response = await fetch(`${slow.url}/api/chat`, { method: 'POST', body, signal: controller.signal });
    await response.body?.getReader().read();
    controller.abort();
    await expect.poll(() => slow.requests[0]?.closeReason).toBe('client_closed');
    expect(slow.requests[0]?.closedAtMs).toBeGreaterThan(0);
    await slow.close();
  });

  it('refuses a foreign Host as Ollama does, but not as vLLM', async () => {
    const { request } = await import('node:http');
    const statusFor = (url: string, host: string) =>
      new Promise((resolve) => {
        request(url, { headers: { host } }, (res) => resolve(res.resume().statusCode)).end();
      });
    expect(await statusFor(server.url, 'example.com')).toBe(403);
    expect(await statusFor(server.url, 'localhost:8080')).toBe(200);
    const vllm = await startModelServer({ port: 0, models, protocol: 'openai' });
    expect(await statusFor(`${vllm.url}/v1/models`, 'example.com')).toBe(200);
    expect(JSON.parse((await get(`${vllm.url}/api/tags`)).text)).toEqual({ detail: 'Not Found' });
    await vllm.close();
  });

  it('says when its port is taken', async () => {
    await expect(startModelServer({ port: server.port, models })).rejects.toThrow('EADDRINUSE');
  });
});
