import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OLLAMA_END, OLLAMA_WHOLE, ollamaLine } from '../../test/support/frames.ts';
import {
  modelOf,
  type Rig,
  routeOf,
  type Scripted,
  startRig,
  startScripted,
} from '../../test/support/gateway-rig.ts';

let rig: Rig;
let server: Scripted;
const ROUTE = [routeOf('r', [['m', 100]])];
const models = () => [modelOf('m', { baseUrl: server.url })];

beforeAll(async () => {
  rig = await startRig({ allowedHosts: ['chat.example.com'] });
  server = await startScripted((res, body) => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    res.writeHead(200, { 'content-type': stream === false ? 'application/json' : 'application/x-ndjson' });
    res.end(stream === false ? OLLAMA_WHOLE : ollamaLine('hello') + OLLAMA_END);
  });
});
beforeEach(() => {
  rig.frames.length = 0;
  server.requests.length = 0;
  rig.configure(models(), ROUTE);
});
afterAll(async () => {
  await rig.close();
  await server.close();
});

const MESSAGES = [{ role: 'user', content: 'hi' }];

interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function ask({ path = '/api/chat', method = 'POST', headers = {}, body }: Ask = {}) {
  const sent = body === undefined ? { model: 'x', stream: false, messages: MESSAGES } : body;
  const response = await fetch(rig.url + path, {
    method,
    headers: { authorization: 'Bearer key-a', ...headers },
    ...(method === 'POST' ? { body: typeof sent === 'string' ? sent : JSON.stringify(sent) } : {}),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('bad input', () => {
  const DEEP = `{"messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  it.each([
    ['no JSON', '{"a":', 400],
    ['two models', `{"model":"a","model":"b","messages":[{"role":"user","content":"x"}]}`, 400],
    ['depth', DEEP, 400],
    ['no messages', '{"model":"x"}', 400],
    ['a NUL byte', '{"model":"\u0000"}', 400],
    ['an empty body', ' ', 400],
    ['a long user id', { messages: MESSAGES, user: 'u'.repeat(513) }, 400],
  ])('%s', async (_name, body, status) => {
    for (const path of ['/api/chat', '/v1/chat/completions', '/v1/chat']) {
      const answer = await ask({ path, body });
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.parse(answer.text)).toHaveProperty('error');
    }
    expect(server.requests).toHaveLength(0);
    expect(
      rig.events().every((event) => event.outcome === 'refused' && event.error_class === 'bad_request'),
    ).toBe(true);
    expect(rig.events()).toHaveLength(3);
  });

  it('refuses 5 MiB and lets the client live to read why', async () => {
    const answer = await ask({ body: `{"x":"${'a'.repeat(5 * 1024 * 1024)}"}` });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('limits.body_bytes');
    const chunked = await fetch(`${rig.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-a' },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 80; i += 1) controller.enqueue(Buffer.alloc(64 * 1024, 0x20));
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it('refuses encodings, takes any content type', async () => {
    expect((await ask({ headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    expect((await ask({ headers: { 'content-type': 'application/json; charset=gbk' } })).status).toBe(415);
    expect((await ask({ headers: { 'content-type': 'application/json; charset="UTF-8"' } })).status).toBe(
      200,
    );
    expect((await ask({ headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(
      200,
    );
    expect((await ask({ headers: { 'content-encoding': 'identity' } })).status).toBe(200);
  });

  it('answers a wrong method, foreign hosts, and model management', async () => {
    const wrong = await ask({ method: 'GET' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    for (const path of [
      '/api/pull',
      '/api/push',
      '/api/create',
      '/api/copy',
      '/api/delete',
      '/api/blobs/sha256:1',
    ]) {
      expect([path, (await ask({ path })).status]).toEqual([path, 403]);
    }
    const statusFor = (hosts: string[]) =>
      new Promise<number>((resolve) => {
        const socket = connect(rig.port, '127.0.0.1');
        socket.once('data', (piece) => {
          resolve(Number(String(piece).slice(9, 12)));
          socket.destroy();
        });
        const lines = hosts.map((host) => `Host: ${host}\r\n`).join('');
        socket.write(`POST /api/chat HTTP/1.1\r\n${lines}Content-Length: 0\r\n\r\n`);
      });
    expect(await statusFor(['evil.com'])).toBe(421);
    expect(await statusFor(['localhost', 'evil.com'])).toBe(400);
    expect(await statusFor(['chat.example.com'])).toBe(401);
    expect(server.requests).toHaveLength(0);
  });
});

describe('access', () => {
  const statusOf = async (headers: Record<string, string>) => {
    const response = await fetch(`${rig.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ stream: true, messages: MESSAGES }),
    });
    const text = await response.text();
    return `${response.status} ${response.status === 200 ? '' : (JSON.parse(text) as { error: { code: string } }).error.code}`;
  };

  it.each([
    ['no key', {}, '401 missing_api_key'],
    ['an empty one', { authorization: 'Bearer ' }, '401 missing_api_key'],
    ['a wrong one', { authorization: 'Bearer nonsense' }, '401 invalid_api_key'],
    ['another scheme', { authorization: 'Basic a2V5LWE6' }, '401 invalid_api_key'],
    ['a key', { authorization: 'Bearer key-a' }, '200 '],
    ['in any case', { authorization: 'bearer key-a' }, '200 '],
    ['the other header', { 'x-api-key': 'key-a' }, '200 '],
    ['twice the same', { 'x-api-key': 'key-a', authorization: 'Bearer key-a' }, '200 '],
    ['two keys', { 'x-api-key': 'key-b', authorization: 'Bearer key-a' }, '400 two_credentials'],
    ['an admin', { authorization: 'Bearer key-admin' }, '200 '],
    ['a viewer', { authorization: 'Bearer key-viewer' }, '403 forbidden'],
    ['a cookie', { cookie: 'sluice=key-admin' }, '401 missing_api_key'],
  ])('%s', async (_name, headers, expected) => {
    expect(await statusOf(headers as Record<string, string>)).toBe(expected);
  });

  it('writes nothing for who is not let in', async () => {
    await statusOf({});
    await statusOf({ authorization: 'Bearer nonsense' });
    expect(rig.frames).toEqual([]);
  });

  it('lets keyless calls in only where they can only come from this machine', async () => {
    rig.configure(models(), ROUTE, { anonymousChat: true });
    expect(await statusOf({})).toBe('200 ');
    expect(await statusOf({ authorization: 'Bearer nonsense' })).toBe('401 invalid_api_key');
    for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-anything']) {
      expect(await statusOf({ [name]: 'x' })).toBe('401 missing_api_key');
    }
    const statusWith = (headers: IncomingHttpHeaders) =>
      new Promise<number | undefined>((resolve) => {
        const request = httpRequest(`${rig.url}/api/chat`, { method: 'POST', headers }, (res) => {
          resolve(res.statusCode);
          res.resume();
        });
        request.end(JSON.stringify({ stream: false, messages: MESSAGES }));
      });
    expect(await statusWith({ origin: 'http://evil.com' })).toBe(401);
    expect(await statusWith({ origin: rig.url })).toBe(200);
    expect(await statusWith({ host: 'chat.example.com' })).toBe(401);
  });
});

describe('for browsers', () => {
  const ORIGIN = 'https://app.example.com';
  const preflight = (origin: string) =>
    fetch(`${rig.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'authorization,content-type,x-stainless-lang,x-stainless-retry-count',
      },
    });

  it('answers pages of the listed origins only', async () => {
    rig.configure(models(), ROUTE, { corsOrigins: [ORIGIN] });
    const granted = await preflight(ORIGIN);
    expect(granted.status).toBe(204);
    expect(granted.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(granted.headers.get('access-control-allow-headers')).toContain('x-stainless-retry-count');
    const refused = await preflight('https://evil.com');
    expect(refused.headers.has('access-control-allow-origin')).toBe(false);
    const answer = await ask({ headers: { origin: ORIGIN } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Model-Used');
    const fault = await ask({ headers: { origin: ORIGIN, authorization: 'Bearer nonsense' } });
    expect([fault.status, fault.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
  });
});
