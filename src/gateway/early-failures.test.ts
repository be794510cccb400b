import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type FailingRig,
  GOOD_STREAM,
  json,
  MESSAGES,
  startFailingRig,
  stream,
} from '../../test/support/failing-rig.ts';
import { OLLAMA_WHOLE } from '../../test/support/frames.ts';
import { modelOf, routeOf, type Script } from '../../test/support/gateway-rig.ts';

let world: FailingRig;
beforeAll(async () => {
  world = await startFailingRig();
});
afterEach(() => world.forget());
afterAll(() => world.close());

/** Failures before the first frame: what a client gets without a fallback, and whether one would be asked. */
const EARLY: readonly [
  string,
  Script,
  { status: number; errorClass: string; retried: boolean; text?: string },
][] = [
  [
    '500',
    json(500, '{"error":"boom"}'),
    { status: 502, errorClass: 'upstream_5xx', retried: true, text: 'boom' },
  ],
  [
    '503 busy',
    json(503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}'),
    { status: 503, errorClass: 'overloaded', retried: true },
  ],
  [
    'out of memory',
    json(500, '{"error":"CUDA error: out of memory"}'),
    { status: 502, errorClass: 'out_of_memory', retried: true },
  ],
  [
    '401',
    json(401, '{"error":"unauthorized"}'),
    { status: 502, errorClass: 'auth', retried: true, text: 'api_key' },
  ],
  [
    '404',
    json(404, `{"error":"model 'm' not found"}`),
    { status: 502, errorClass: 'model_not_found', retried: true, text: 'upstream_model' },
  ],
  [
    '429',
    json(429, '{"error":"slow down"}', { 'retry-after': '7' }),
    { status: 429, errorClass: 'rate_limited', retried: false },
  ],
  [
    '400',
    json(400, '{"error":"invalid role"}'),
    { status: 400, errorClass: 'bad_request', retried: false, text: '{"error":"invalid role"}' },
  ],
  [
    '422',
    json(422, '{"error":"no"}'),
    { status: 422, errorClass: 'bad_request', retried: false, text: '{"error":"no"}' },
  ],
  [
    'context length',
    json(400, '{"error":"the prompt is longer than the context length currently available to the model"}'),
    { status: 400, errorClass: 'context_length', retried: false },
  ],
  [
    'a redirect',
    json(302, '', { location: 'http://169.254.169.254/' }),
    { status: 502, errorClass: 'invalid_response', retried: true },
  ],
  [
    'a page',
    (res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    { status: 502, errorClass: 'invalid_response', retried: true },
  ],
  [
    'a reset',
    (res) => void res.socket?.resetAndDestroy(),
    { status: 502, errorClass: 'connection_reset', retried: true },
  ],
  [
    'a reset after the head',
    (res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      res.flushHeaders();
      setTimeout(() => res.socket?.resetAndDestroy(), 20);
    },
    { status: 502, errorClass: 'connection_reset', retried: true },
  ],
  ['an empty stream', stream(), { status: 502, errorClass: 'truncated', retried: true }],
  [
    'half a frame',
    stream('{"model":"m","mess'),
    { status: 502, errorClass: 'invalid_response', retried: true },
  ],
  [
    'an error frame',
    stream('{"error":"llama runner process has terminated"}\n'),
    { status: 502, errorClass: 'upstream_5xx', retried: true },
  ],
];

describe('a failure before the first frame', () => {
  it.each(EARLY)('%s is a status', async (_name, given, { status, errorClass, text }) => {
    world.play(given);
    world.configure({});
    const answer = await world.ask(true);
    expect([answer.status, answer.event?.error_class]).toEqual([status, errorClass]);
    if (text) expect(answer.text).toContain(text);
    expect(JSON.parse(answer.text)).toHaveProperty('error');
    expect(answer.event).toMatchObject({ status, attempts: [{ model_id: 'bad', error_class: errorClass }] });
    expect(world.rig.events()).toHaveLength(1);
  });

  it.each(EARLY)('%s goes to the fallback or not', async (_name, given, { status, retried }) => {
    world.play(given);
    world.configure({ fallback: true });
    const answer = await world.ask(true);
    expect(world.healthy.requests).toHaveLength(retried ? 1 : 0);
    expect(answer.status).toBe(retried ? 200 : status);
    expect(world.rig.events()).toHaveLength(1);
    if (!retried) return;
    expect(answer.text).toBe(GOOD_STREAM);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-model-used': 'good',
      'x-sluice-assigned-model': 'bad',
      'x-sluice-fallback': 'error',
      'x-sluice-reason': 'rule',
    });
    expect(answer.event).toMatchObject({
      outcome: 'ok',
      fallback: 'error',
      assigned_model_id: 'bad',
      model_id: 'good',
      attempts: [
        { model_id: 'bad', outcome: 'error' },
        { model_id: 'good', outcome: 'ok' },
      ],
    });
  });

  it('is retried for whole answers too, and never twice', async () => {
    world.configure({ fallback: true });
    world.play(json(500, '{}'));
    expect((await world.ask(false)).text).toBe(OLLAMA_WHOLE);
    world.rig.configure(
      [modelOf('bad', { baseUrl: world.failing.url }), modelOf('worse', { baseUrl: world.failing.url })],
      [
        routeOf('r', [
          ['worse', 0],
          ['bad', 100],
        ]),
      ],
    );
    const answer = await world.ask(false);
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([502, 'false']);
    expect(answer.event?.attempts.map((attempt) => attempt.model_id)).toEqual(['bad', 'worse']);
  });

  it('of an override stays with its model', async () => {
    world.configure({ fallback: true });
    world.play(json(500, '{}'));
    const response = await fetch(`${world.rig.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-a', 'x-model-id': 'bad' },
      body: JSON.stringify({ messages: MESSAGES }),
    });
    expect(response.status).toBe(502);
    expect(world.healthy.requests).toHaveLength(0);
  });

  it('is refused connection when nobody listens', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    world.configure({ model: { baseUrl: `http://127.0.0.1:${port}` } });
    const answer = await world.ask(true);
    expect([answer.status, answer.event?.error_class]).toEqual([502, 'connection_refused']);
    expect(answer.text).toContain('is it running');
    expect(answer.text, 'where a model stands is not for its users').not.toContain(`${port}`);
  });

  it.each([
    ['7', '7'],
    ['0', '1'],
    ['-5', '1'],
    ['999999', '60'],
    ['soon', '1'],
  ])('Retry-After %s becomes %s', async (given, expected) => {
    world.configure({});
    world.play(json(429, '{}', { 'retry-after': given }));
    expect((await world.ask(true)).headers.get('retry-after')).toBe(expected);
  });

  it('a date in Retry-After becomes the seconds until then', async () => {
    world.configure({});
    world.play(json(429, '{}', { 'retry-after': new Date(Date.now() + 20_500).toUTCString() }));
    expect((await world.ask(true)).headers.get('retry-after')).toMatch(/^(19|20|21)$/);
  });

  it('keeps the bytes of a refusal only for clients of the same protocol', async () => {
    world.configure({});
    const refusal = '{ "error" : "bad \\u0061 role" }';
    world.play(json(400, refusal));
    expect((await world.ask(true)).text).toBe(refusal);
    const other = await world.ask(true, '/v1/chat/completions');
    expect([other.status, JSON.parse(other.text)]).toMatchObject([400, { error: { message: 'bad a role' } }]);
    world.play(
      (res) => void res.writeHead(400, { 'content-type': 'text/html' }).end('<title>Bad Request</title>'),
    );
    expect(JSON.parse((await world.ask(true)).text)).toHaveProperty('error');
  });
});
