import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  modelOf,
  type Rig,
  routeOf,
  type Scripted,
  startRig,
  startScripted,
} from '../../test/support/gateway-rig.ts';

const OPENAI_ANSWER =
  '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"m","usage":{"prompt_tokens":2,"total_tokens":2}}';
let rig: Rig;
let server: Scripted;

beforeAll(async () => {
  rig = await startRig();
  server = await startScripted((res, _body, req) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(
      req.url?.endsWith('/embeddings') && req.url !== '/api/embeddings'
        ? OPENAI_ANSWER
        : '{"embeddings":[[1]]}',
    );
  });
  rig.configure(
    [
      modelOf('native', { baseUrl: server.url, upstreamModel: 'bge' }),
      modelOf('compatible', { baseUrl: `${server.url}/v1`, protocol: 'openai', upstreamModel: 'bge' }),
      modelOf('dead', { baseUrl: 'http://127.0.0.1:9' }),
    ],
    [
      routeOf('r', [
        ['native', 50],
        ['compatible', 50],
      ]),
    ],
  );
});
beforeEach(() => {
  server.requests.length = 0;
  rig.frames.length = 0;
});
afterAll(async () => {
  await rig.close();
  await server.close();
});

async function embed(path: string, body: object) {
  const response = await fetch(rig.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer key-a', 'x-user-id': 'uid_123456' },
    body: JSON.stringify(body),
  });
  const used = response.headers.get('x-model-used');
  const [sent] = server.requests;
  return { status: response.status, text: await response.text(), used, path: sent?.path, body: sent?.body };
}

describe('embeddings', () => {
  it('go to the stable model whoever asks, and to the model that is named', async () => {
    expect((await embed('/v1/embeddings', { model: 'any', input: 'a' })).used).toBe('native');
    expect((await embed('/v1/embeddings', { model: 'compatible', input: 'a' })).used).toBe('compatible');
  });

  it.each([
    ['/v1/embeddings', 'native', '/v1/embeddings'],
    ['/v1/embeddings', 'compatible', '/v1/embeddings'],
    ['/api/embed', 'native', '/api/embed'],
    ['/api/embeddings', 'native', '/api/embeddings'],
  ])('%s on %s keeps its bytes', async (path, model, expected) => {
    const answer = await embed(path, { user_id: 'u', model, input: ['a', 'b'], dimensions: 7 });
    expect([answer.status, answer.path, answer.body]).toEqual([
      200,
      expected,
      '{"model":"bge","input":["a","b"],"dimensions":7}',
    ]);
    expect(answer.text).toBe(path === '/v1/embeddings' ? OPENAI_ANSWER : '{"embeddings":[[1]]}');
  });

  it('are translated where the protocols differ, or refused', async () => {
    const translated = await embed('/api/embed', { model: 'compatible', input: 'a' });
    expect([translated.path, translated.body]).toEqual(['/v1/embeddings', '{"model":"bge","input":"a"}']);
    expect(JSON.parse(translated.text)).toEqual({
      model: 'compatible',
      embeddings: [[0.5, -1]],
      prompt_eval_count: 2,
    });
    expect((await embed('/api/embeddings', { model: 'compatible', prompt: 'a' })).status).toBe(400);
  });

  it('fail with their model, in the shape of the protocol, and leave no event', async () => {
    const answer = await embed('/api/embed', { model: 'dead', input: 'a' });
    expect([answer.status, Object.keys(JSON.parse(answer.text) as object)]).toEqual([502, ['error']]);
    expect((await embed('/v1/embeddings', { model: 7 })).status).toBe(400);
    expect(rig.events()).toEqual([]);
  });
});
