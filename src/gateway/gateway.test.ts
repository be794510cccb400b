import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  OLLAMA_END,
  OLLAMA_WHOLE,
  OPENAI_DONE,
  OPENAI_FINISH,
  ollamaLine,
  openaiEvent,
} from '../../test/support/frames.ts';
import {
  modelOf,
  type Rig,
  routeOf,
  type Scripted,
  startRig,
  startScripted,
} from '../../test/support/gateway-rig.ts';

let rig: Rig;
let ollama: Scripted;
let openai: Scripted;

beforeAll(async () => {
  rig = await startRig({ allowedHosts: ['chat.example.com'] });
  ollama = await startScripted((res, body) => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    res.writeHead(200, {
      'content-type': stream === false ? 'application/json' : 'application/x-ndjson',
      'set-cookie': 'a=b',
      'x-secret': 'shown to nobody',
      server: 'uvicorn',
    });
    res.end(stream === false ? OLLAMA_WHOLE : ollamaLine('hel') + ollamaLine('lo') + OLLAMA_END);
  });
  openai = await startScripted((res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.end(openaiEvent('hello') + OPENAI_FINISH + OPENAI_DONE);
  });
});
beforeEach(() => {
  rig.frames.length = 0;
  ollama.requests.length = 0;
  rig.configure(
    [
      modelOf('stable', { baseUrl: ollama.url, upstreamModel: 'qwen2:7b', apiKey: 'upstream-secret' }),
      modelOf('candidate', { baseUrl: `${openai.url}/v1`, protocol: 'openai' }),
      modelOf('off', { baseUrl: ollama.url, enabled: false }),
    ],
    [
      routeOf(
        'support',
        [
          ['stable', 80],
          ['candidate', 20],
        ],
        { aliases: ['qwen2:7b'] },
      ),
      routeOf('beta', [['candidate', 100]], { isDefault: false }),
    ],
  );
});
afterAll(async () => {
  await rig.close();
  await ollama.close();
  await openai.close();
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

describe('a chat request', () => {
  it('carries the headers of the contract and nothing of the model server', async () => {
    const { status, headers, text } = await ask({
      headers: { 'x-user-id': 'alice', 'x-session-id': 'chat-1' },
    });
    expect(status).toBe(200);
    expect(text).toBe(OLLAMA_WHOLE);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-model-used': 'stable',
      'x-session-id': 'chat-1',
      'x-sluice-route': 'support',
      'x-sluice-reason': 'rule',
      'x-sluice-bucket': '0',
      'x-request-id': expect.stringMatching(/^req_[0-9a-z]{34}$/),
      'content-length': String(OLLAMA_WHOLE.length),
    });
    for (const name of ['set-cookie', 'x-secret', 'server', 'x-sluice-fallback', 'x-sluice-assigned-model']) {
      expect(headers.has(name), name).toBe(false);
    }
  });

  it('shows the model server what it needs and nothing of the client', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const cookie = {
      cookie: 'session=1',
      'x-forwarded-for': '1.2.3.4',
      'user-agent': 'browser',
      traceparent,
    };
    await ask({ headers: cookie });
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = ollama.requests;
    expect(path).toBe('/api/chat');
    expect(JSON.parse(body)).toMatchObject({ model: 'qwen2:7b' });
    expect(headers).toEqual({
      host: ollama.url.slice('http://'.length),
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': String(body.length),
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'sluice/0.0.0-test',
      'x-request-id': expect.stringMatching(/^req_/),
      authorization: 'Bearer upstream-secret',
      traceparent,
    });
  });

  it('passes a stream on byte for byte, unbuffered by proxies', async () => {
    const { headers, text } = await ask({ body: { model: 'x', messages: MESSAGES } });
    expect(text).toBe(ollamaLine('hel') + ollamaLine('lo') + OLLAMA_END);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    });
  });

  it('leaves one event that tells all of it', async () => {
    const { headers } = await ask({
      path: '/v1/chat/completions?beta=1',
      headers: { 'x-user-id': 'uid_123456', 'x-stainless-retry-count': '2', 'x-user-segment': 'beta' },
      body: { model: 'qwen2:7b', stream: true, messages: MESSAGES },
    });
    expect(rig.events()).toEqual([
      expect.objectContaining({
        request_id: headers.get('x-request-id'),
        credential_id: 'key_a',
        endpoint: 'openai_chat',
        protocol: 'openai',
        stream: true,
        user_id: 'uid_123456',
        user_source: 'header:X-User-Id',
        session_source: 'fingerprint',
        round: 1,
        client_retry: 2,
        segment: 'beta',
        requested_model: 'qwen2:7b',
        route_id: 'support',
        reason: 'rule',
        bucket: 89,
        assigned_model_id: 'candidate',
        model_id: 'candidate',
        fallback: null,
        status: 200,
        outcome: 'ok',
        error_class: null,
        finish_reason: 'stop',
        attempts: [expect.objectContaining({ model_id: 'candidate', outcome: 'ok', upstream_status: 200 })],
      }),
    ]);
    expect(rig.events()[0]?.ttft_ms).toBeGreaterThan(0);
  });

  it('serves a client of HTTP/1.0, which knows no chunks', async () => {
    const body = JSON.stringify({ model: 'x', messages: MESSAGES });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(rig.port, '127.0.0.1');
      let text = '';
      socket.on('data', (piece) => {
        text += piece;
      });
      socket.on('close', () => resolve(text));
      socket.write(
        `POST /api/chat HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer key-a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(
      ollamaLine('hel') + ollamaLine('lo') + OLLAMA_END,
    );
  });

  it('reuses the connection to a model server', async () => {
    const before = ollama.connections();
    for (let i = 0; i < 5; i += 1) await ask();
    expect(ollama.connections() - before).toBeLessThanOrEqual(1);
  });
});

describe('which model', () => {
  const used = async (more: Ask) => {
    const { status, headers, text } = await ask(more);
    return status === 200
      ? `${headers.get('x-model-used')} ${headers.get('x-sluice-reason')}`
      : `${status} ${text}`;
  };
  const body = (more: object) => ({ stream: false, messages: MESSAGES, ...more });

  it('follows override, route, alias and default', async () => {
    const user = { 'x-user-id': 'alice' };
    expect(await used({ headers: user, body: body({ model: 'unknown-name' }) })).toBe('stable rule');
    expect(await used({ headers: user, body: body({ model: 'qwen2:7b' }) })).toBe('stable rule');
    expect(await used({ body: body({ model: 'stable' }) })).toBe('stable override');
    expect(await used({ headers: { 'x-model-id': 'stable' }, body: body({ model: 'beta' }) })).toBe(
      'stable override',
    );
    expect(await used({ path: '/v1/chat', body: body({ model_id: 'stable' }) })).toBe('stable override');
    expect(await used({ body: body({ model: 'x' }) })).toBe('stable no_user');
  });

  it('refuses what it cannot serve, in the shape of the protocol', async () => {
    expect(await used({ body: body({ model: 'off' }) })).toBe(`404 {"error":"model \\"off\\" is disabled"}`);
    expect(await used({ headers: { 'x-model-id': 'nobody' } })).toContain('404');
    const bound = { authorization: 'Bearer key-bound' };
    expect(await used({ headers: bound, body: body({ model: 'stable' }) })).toContain('403');
    rig.configure([modelOf('m')], []);
    expect(await used({ body: body({ model: 'x' }) })).toContain('404');
    expect(rig.events().map((event) => event.outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(ollama.requests).toHaveLength(0);
  });

  it('keeps a conversation on the model that began it while the shares change', async () => {
    const models = [modelOf('old', { baseUrl: ollama.url }), modelOf('new', { baseUrl: ollama.url })];
    const shares = (old: number) =>
      rig.configure(models, [
        routeOf(
          'r',
          [
            ['old', old],
            ['new', 100 - old],
          ],
          { stickiness: 'conversation' },
        ),
      ]);
    const turn = { headers: { 'x-user-id': 'alice', 'x-session-id': 'pinned' } };
    shares(100);
    expect(await used(turn)).toBe('old rule');
    shares(0);
    expect(await used(turn)).toBe('old rule'.replace('rule', 'pinned'));
    expect(await used({ headers: { 'x-user-id': 'alice', 'x-session-id': 'fresh' } })).toBe('new rule');
  });

  it('treats each request by one snapshot only', async () => {
    const version = rig.configure(
      [modelOf('m', { baseUrl: ollama.url })],
      [routeOf('r', [['m', 100]])],
    ).version;
    const { headers } = await ask();
    expect(headers.get('x-sluice-config-version')).toBe(String(version));
  });
});

describe('listings', () => {
  it('name routes and aliases, then models for keys that may name them', async () => {
    const names = async (key: string) => {
      const { text } = await ask({
        path: '/v1/models',
        method: 'GET',
        headers: { authorization: `Bearer ${key}` },
      });
      return (JSON.parse(text) as { data: { id: string }[] }).data.map((model) => model.id);
    };
    expect(await names('key-a')).toEqual(['support', 'qwen2:7b', 'beta', 'stable', 'candidate']);
    expect(await names('key-bound')).toEqual(['support', 'qwen2:7b', 'beta']);
  });

  it('speak both protocols', async () => {
    const get = async (path: string) => (await ask({ path, method: 'GET' })).text;
    expect(JSON.parse(await get('/api/tags'))).toMatchObject({
      models: [{ name: 'support' }, {}, {}, {}, {}],
    });
    expect(JSON.parse(await get('/api/version'))).toHaveProperty('version');
    expect(JSON.parse(await get('/api/ps'))).toHaveProperty('models');
    expect(JSON.parse(await get('/v1/models/qwen2%3A7b'))).toMatchObject({ id: 'qwen2:7b', object: 'model' });
    const show = await ask({ path: '/api/show', body: { model: 'support:latest' } });
    expect(JSON.parse(show.text)).toHaveProperty('capabilities');
    const missing = await ask({ path: '/api/show', body: { model: 'nobody' } });
    expect([missing.status, missing.text]).toEqual([404, `{"error":"model 'nobody' not found"}`]);
  });
});
