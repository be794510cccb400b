import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from './fault-rules.ts';
import { type SimServer, startModelServer } from './model-server.ts';
import { startUsers, type UserOptions, type UserResult, userIds } from './users.ts';

let server: SimServer;
beforeAll(async () => {
  server = await startModelServer({
    port: 0,
    models: [{ name: 'qwen2:7b' }],
    speed: Number.POSITIVE_INFINITY,
  });
});
afterAll(() => server.close());

const fast = { key: null, count: 20, ratePerSecond: 400, thinkTimeMs: 1, abandonRate: 0, feedbackRate: 0 };

/** Lets users talk until `wanted` answers have come. */
async function talk(options: Partial<UserOptions>, wanted: number): Promise<UserResult[]> {
  const results: UserResult[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const onAnswer = (result: UserResult) => {
    if (results.push(result) >= wanted) resolve();
  };
  const users = startUsers({
    ...fast,
    url: server.url,
    protocolMix: { openai: 1, ollama: 1 },
    ...options,
    onAnswer,
  });
  await enough;
  await users.stop();
  expect(users.stats().inFlight).toBe(0);
  return results;
}

describe('userIds', () => {
  it('starts with the two of the examples and never repeats', () => {
    const ids = userIds(1000);
    expect(ids.slice(0, 2)).toEqual(['alice', 'uid_123456']);
    expect(new Set(ids).size).toBe(1000);
    expect(userIds(1)).toEqual(['alice']);
  });
});

describe('startUsers', () => {
  it('talks in both protocols, streaming and not, in both languages, with growing histories', async () => {
    const before = server.requests.length;
    const results = await talk({}, 120);
    const good = results.filter(({ outcome }) => outcome === 'ok');
    expect(good.length).toBeGreaterThan(110);
    expect(new Set(good.map(({ protocol, stream }) => `${protocol} ${stream}`)).size).toBe(4);
    expect(
      good.every(({ ttftMs, stream, latencyMs }) => (stream ? Number(ttftMs) <= latencyMs : ttftMs === null)),
    ).toBe(true);
    const bodies = server.requests.slice(before).map(({ body }) => body?.toString() ?? '');
    expect(bodies.some((body) => /\p{Script=Han}/u.test(body))).toBe(true);
    expect(bodies.some((body) => body.includes('Where is my order'))).toBe(true);
    const lengths = bodies.map((body) => JSON.parse(body).messages.length);
    expect(Math.max(...lengths)).toBeGreaterThan(4);
    expect(lengths.every((length) => length % 2 === 1)).toBe(true);
  });

  it('asks again, and more so after bad answers', async () => {
    const share = async (followUpRate: number) => {
      const before = server.requests.length;
      await talk({ followUpRate, seed: 3 }, 150);
      const asked = server.requests
        .slice(before)
        .filter(({ body }) =>
          /再说|say that again|Once more|repeat/.test(
            JSON.parse(body?.toString() ?? '{}').messages.at(-1).content,
          ),
        );
      return asked.length / 150;
    };
    expect(await share(0)).toBe(0);
    expect(await share(0.9)).toBeGreaterThan(0.3);
  });

  it.each<[FaultRule, UserResult['outcome'], number | null]>([
    [{ fault: 'queue_full' }, 'http_error', 503],
    [{ fault: 'reset_before' }, 'connection', null],
    [{ fault: 'reset_mid' }, 'connection', 200],
    [{ fault: 'truncated' }, 'truncated', 200],
    [{ fault: 'error_frame', after_chunks: 2 }, 'stream_error', 200],
  ])('tells %j apart', async (rule, outcome, status) => {
    server.setFaults([rule]);
    const results = await talk({}, 20);
    server.setFaults([]);
    for (const result of results.slice(0, 20)) expect(result).toMatchObject({ outcome, status });
  });

  it('leaves in the middle, and holds no more in flight than allowed', async () => {
    server.setFaults([{ fault: 'hang_mid', after_chunks: 1 }]);
    const users = startUsers({
      ...fast,
      url: server.url,
      protocolMix: { ollama: 1 },
      stream: 1,
      abandonRate: 1,
      maxInFlight: 3,
    });
    await expect.poll(() => users.stats(), { timeout: 5000 }).toMatchObject({ inFlight: 3 });
    await expect.poll(() => users.stats().answered, { timeout: 5000 }).toBeGreaterThan(1);
    expect(users.stats().skipped).toBeGreaterThan(0);
    await users.stop();
    server.setFaults([]);
  });

  it("speaks Sluice's own protocol, reads its headers, rates answers and ends sessions", async () => {
    const seen: { path: string; headers: IncomingMessage['headers']; json: Record<string, unknown> }[] = [];
    const gateway = createServer(async (req, res) => {
      const json = JSON.parse((await req.toArray()).join(''));
      seen.push({ path: req.url ?? '', headers: req.headers, json });
      res
        .setHeader('x-model-used', 'qwen3-32b-prod')
        .setHeader('x-sluice-bucket', '89')
        .setHeader('x-sluice-reason', 'rule');
      res.setHeader('x-request-id', 'req_1').setHeader('x-session-id', String(json.session_id));
      if (req.url !== '/v1/chat') res.writeHead(202).end();
      else if (json.stream)
        res.end('data: {"delta":{"content":"好"}}\n\ndata: {"done":true,"finish_reason":"stop"}\n\n');
      else res.end('{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}');
    });
    await new Promise<void>((resolve) => {
      gateway.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const results = await talk({ url, key: 'sk-1', protocolMix: { chat: 1 }, feedbackRate: 1 }, 60);
    gateway.close();
    expect(results[0]).toMatchObject({
      modelUsed: 'qwen3-32b-prod',
      bucket: 89,
      reason: 'rule',
      fallback: null,
      outcome: 'ok',
    });
    const paths = new Set(seen.map(({ path }) => path.replace(/sessions\/.*\/end/, 'sessions/ID/end')));
    expect(paths).toEqual(new Set(['/v1/chat', '/v1/feedback', '/v1/sessions/ID/end']));
    expect(seen.every(({ headers }) => headers.authorization === 'Bearer sk-1')).toBe(true);
    const chat = seen.find(({ path }) => path === '/v1/chat');
    expect(chat?.json).toMatchObject({
      user_id: expect.any(String),
      session_id: expect.any(String),
      stream: expect.any(Boolean),
    });
    expect(seen.find(({ path }) => path === '/v1/feedback')?.json).toHaveProperty('request_id', 'req_1');
  });
});
