import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, DOORS, type Door, PATHS, type Reply } from '../support/asker.ts';
import { messageOfError } from '../support/error-shape.ts';
import { rawExchange } from '../support/raw-http.ts';
import { STABLE, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]';
const textBody = (door: Door, more: object): string => JSON.stringify({ ...bodyOf({ door }), ...more });

interface Bad {
  readonly name: string;
  readonly body: (door: Door) => string | Buffer;
  readonly status: number;
  /** The fault is named so. */
  readonly says: RegExp;
  readonly headers?: Readonly<Record<string, string>>;
  /** Protocols that it is bad for; all of them unless told. */
  readonly doors?: readonly Door[];
}

const BAD: readonly Bad[] = [
  { name: 'no body', body: () => '', status: 400, says: /body|JSON/i },
  { name: 'bad JSON', body: () => `{"model":"m",${MESSAGES},}`, status: 400, says: /JSON.*\d|\d.*JSON/s },
  {
    name: 'half a body',
    body: () => `{"model":"m","messages":[{"role":"us`,
    status: 400,
    says: /JSON.*ends/s,
  },
  { name: 'a list as body', body: () => '[]', status: 400, says: /object/ },
  { name: 'a text as body', body: () => '"hello"', status: 400, says: /object/ },
  {
    name: 'duplicate model',
    body: () => `{"model":"a",${MESSAGES},"model":"b"}`,
    status: 400,
    says: /"?model"?.*(twice|duplicate|more than once)|(twice|duplicate).*model/i,
  },
  {
    name: 'duplicate model, one of them escaped',
    body: () => `{"model":"a",${MESSAGES},"mod\\u0065l":"b"}`,
    status: 400,
    says: /model/,
  },
  {
    name: 'duplicate user_id',
    body: () => `{"user_id":"a",${MESSAGES},"user_id":"b"}`,
    status: 400,
    says: /user_id/,
  },
  {
    name: 'depth 10,000',
    body: () => `{${MESSAGES},"options":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    status: 400,
    says: /64/,
  },
  {
    name: 'depth 65',
    body: () => `{${MESSAGES},"options":${'['.repeat(64)}${']'.repeat(64)}}`,
    status: 400,
    says: /64/,
  },
  {
    name: '5 MiB',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 'x'.repeat(5 * 1024 * 1024) }] }),
    status: 413,
    says: /4194304|4 MiB/,
  },
  {
    name: 'a NUL byte in a text',
    body: () => `{"messages":[{"role":"user","content":"a\u0000b"}]}`,
    status: 400,
    says: /NUL/,
  },
  { name: 'a NUL byte between', body: () => `{\u0000${MESSAGES}}`, status: 400, says: /NUL/ },
  {
    name: 'invalid UTF-8',
    body: () =>
      Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"'),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}]}'),
      ]),
    status: 400,
    says: /UTF-8/,
  },
  {
    name: 'a cut-off UTF-8 character',
    body: () =>
      Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"'),
        Buffer.from('你').subarray(0, 2),
        Buffer.from('"}]}'),
      ]),
    status: 400,
    says: /UTF-8/,
  },
  {
    name: 'UTF-16',
    body: (door) => Buffer.from(textBody(door, {}), 'utf16le'),
    status: 400,
    says: /UTF-8|NUL|JSON/,
  },
  {
    name: 'absent messages',
    body: (door) => (door === 'chat' ? '{}' : '{"model":"m"}'),
    status: 400,
    says: /messages/,
  },
  {
    name: 'empty messages',
    body: () => '{"messages":[]}',
    status: 400,
    says: /messages/,
    doors: ['chat', 'openai'],
  },
  {
    name: 'messages as a text',
    body: (door) => textBody(door, { messages: 'hi' }),
    status: 400,
    says: /messages.*list/,
  },
  {
    name: 'a message as a text',
    body: (door) => textBody(door, { messages: ['hi'] }),
    status: 400,
    says: /messages\[0\]|messages\/0/,
  },
  {
    name: 'a message without a role',
    body: (door) => textBody(door, { messages: [{ content: 'hi' }] }),
    status: 400,
    says: /role/,
  },
  {
    name: 'content as a number',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 5 }] }),
    status: 400,
    says: /content/,
  },
  {
    name: 'model as a number',
    body: (door) => textBody(door, { model: 5 }),
    status: 400,
    says: /model/,
    doors: ['openai', 'ollama'],
  },
  {
    name: 'stream as a text',
    body: (door) => textBody(door, { stream: 'yes' }),
    status: 400,
    says: /stream/,
  },
  { name: 'tools as an object', body: (door) => textBody(door, { tools: {} }), status: 400, says: /tools/ },
  {
    name: 'user_id as an object',
    body: (door) => textBody(door, { user_id: {} }),
    status: 400,
    says: /user_id/,
  },
  {
    name: 'a user_id of 513 bytes',
    body: (door) => textBody(door, { user_id: 'x'.repeat(513) }),
    status: 400,
    says: /user_id.*512/s,
  },
  {
    name: 'a user_id of 171 Chinese characters',
    body: (door) => textBody(door, { user_id: '中'.repeat(171) }),
    status: 400,
    says: /user_id.*512/s,
  },
  {
    name: 'a session_id of 513 bytes',
    body: (door) => textBody(door, { session_id: 'x'.repeat(513) }),
    status: 400,
    says: /session_id.*512/s,
  },
  {
    name: 'a user in a header of 513 bytes',
    body: (door) => JSON.stringify(bodyOf({ door })),
    headers: { 'x-user-id': 'x'.repeat(513) },
    status: 400,
    says: /x-user-id.*512/is,
  },
  {
    name: 'an unknown model_id',
    body: (door) => textBody(door, { model_id: 'no-such-model' }),
    status: 404,
    says: /no-such-model/,
  },
  {
    name: 'an unknown X-Model-Id',
    body: (door) => textBody(door, {}),
    headers: { 'x-model-id': 'no-such-model' },
    status: 404,
    says: /no-such-model/,
  },
  {
    name: 'an unknown route',
    body: (door) => textBody(door, { route: 'no-such-route' }),
    status: 404,
    says: /no-such-route/,
  },
  {
    name: 'an unknown field',
    body: (door) => textBody(door, { temprature: 1 }),
    status: 400,
    says: /temprature/,
    doors: ['chat'],
  },
  {
    name: 'an unknown field in a message',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 'x', nmae: 'y' }] }),
    status: 400,
    says: /nmae/,
    doors: ['chat'],
  },
  {
    name: 'a Content-Encoding',
    body: (door) => textBody(door, {}),
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    says: /gzip/,
  },
  {
    name: 'another charset',
    body: (door) => textBody(door, {}),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    says: /utf-16/,
  },
  {
    name: 'two credentials',
    body: (door) => textBody(door, {}),
    headers: { 'x-api-key': 'another-key' },
    status: 400,
    says: /two|keys/,
  },
];

describe.each(DOORS)('bad input to %s', (door) => {
  it.each(BAD.filter(({ doors = DOORS }) => doors.includes(door)))(
    '$name is $status',
    async ({ body, status, says, headers = {} }) => {
      await refused(door, () => world.asker.post(PATHS[door], body(door), headers), status, says);
    },
  );

  it('no key, a wrong key, another scheme', async () => {
    const question = { door };
    await refused(door, () => world.asker.ask({ ...question, key: '' }), 401, /key/);
    await refused(door, () => world.asker.ask({ ...question, key: 'wrong' }), 401, /key/);
    const basic = { authorization: 'Basic YTpi' };
    await refused(door, () => world.asker.ask({ ...question, key: '', headers: basic }), 401, /Bearer/);
  });

  it('two Host headers, no Host, a foreign Host', async () => {
    const body = JSON.stringify(bodyOf({ door }));
    const head = [
      `POST ${PATHS[door]} HTTP/1.1`,
      `Authorization: Bearer ${world.chatKey}`,
      `Content-Length: ${body.length}`,
    ];
    for (const [hosts, status, says] of [
      [['Host: 127.0.0.1', 'Host: 127.0.0.1'], 400, /Host/],
      [['Host: 127.0.0.1', 'Host: evil.example.com'], 400, /Host/],
      [[], 400, null],
      [['Host: evil.example.com'], 421, /allowed-hosts/],
      [['Host: 127.0.0.1.evil.example.com'], 421, /allowed-hosts/],
    ] as const) {
      const asked = world.sim.requests.length;
      const answer = await rawExchange(
        world.sluice.port,
        `${[...head, ...hosts].join('\r\n')}\r\n\r\n${body}`,
      );
      expect(answer.status, hosts.join()).toBe(status);
      // Without any Host it is Node's own parser that refuses, before a protocol is known.
      if (says) {
        expect(
          messageOfError(door, { text: answer.body.toString(), headers: Object.fromEntries(answer.headers) }),
        ).toMatch(says);
      }
      expect(world.sim.requests.length).toBe(asked);
    }
  });

  it('a key whose role may not chat', async () => {
    const { key } = await world.sluice.admin.must('POST', '/keys', { name: 'looks only', role: 'viewer' });
    await refused(door, () => world.asker.ask({ door, key: String(key) }), 403, /viewer/);
  });

  it('another method', async () => {
    const answer = await fetch(world.sluice.url + PATHS[door], {
      method: 'PUT',
      headers: { authorization: `Bearer ${world.chatKey}` },
    });
    expect(answer.status).toBe(405);
  });
});

describe('what translation cannot carry is 400', () => {
  it.each([
    ['n of 2', { n: 2 }, /\bn\b/],
    [
      'a forced tool',
      { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'f' } } },
      /tool_choice/,
    ],
    ['logprobs', { logprobs: true }, /logprobs/],
  ])('%s, to an Ollama upstream', async (_, more, says) => {
    await refused('openai', () => world.asker.ask({ door: 'openai', more }), 400, says);
  });

  function tool(name: string): object {
    return { type: 'function', function: { name, parameters: { type: 'object' } } };
  }
});

describe('Ollama’s other endpoints', () => {
  it.each(['/api/pull', '/api/push', '/api/create', '/api/copy', '/api/delete'])(
    '%s is never forwarded',
    async (path) => {
      const asked = world.sim.requests.length;
      const method = path === '/api/delete' ? 'DELETE' : 'POST';
      const answer = await fetch(world.sluice.url + path, {
        method,
        headers: { authorization: `Bearer ${world.chatKey}` },
        body: '{"model":"qwen2:7b"}',
      });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toEqual({ error: expect.stringMatching(/\S/) });
      expect(world.sim.requests.length).toBe(asked);
    },
  );

  it('/api/generate refuses bad input in the same shape', async () => {
    for (const [body, says] of [
      ['{"prompt":5}', /prompt/],
      ['{"prompt":"a","stream":1}', /stream/],
      ['{', /JSON/],
    ] as const) {
      await refused('ollama', () => world.asker.post('/api/generate', body), 400, says);
    }
  });
});

describe('bad input to /admin', () => {
  const rules = (...weights: number[]) => weights.map((weight) => ({ model_id: STABLE, weight }));

  it.each([
    ['weights that add up to 99', 'PATCH', '/routes/support', { rules: rules(80, 19) }, 'rules', /100/],
    [
      'weights that add up to 100.01',
      'PATCH',
      '/routes/support',
      { rules: rules(80, 20.01) },
      'rules',
      /100/,
    ],
    [
      'a weight of three decimals',
      'PATCH',
      '/routes/support',
      { rules: rules(79.999, 20.001) },
      'rules',
      /./,
    ],
    ['a negative weight', 'PATCH', '/routes/support', { rules: rules(120, -20) }, 'rules', /./],
    ['no rules', 'PATCH', '/routes/support', { rules: [] }, 'rules', /./],
    [
      'an unknown model in a rule',
      'PATCH',
      '/routes/support',
      { rules: [{ model_id: 'nobody', weight: 100 }] },
      'model_id',
      /nobody/,
    ],
    ['an unknown field', 'PATCH', '/routes/support', { wieghts: [1] }, 'wieghts', /./],
    ['an unknown field of a model', 'PATCH', `/models/${STABLE}`, { temperatur: 1 }, 'temperatur', /./],
    [
      'an openai address without /v1',
      'PATCH',
      `/models/${STABLE}`,
      { protocol: 'openai' },
      'base_url',
      /\/v1/,
    ],
    ['a duration without a unit', 'PATCH', `/models/${STABLE}`, { timeout: '10' }, 'timeout', /./],
    ['a role that is none', 'POST', '/keys', { name: 'x', role: 'king' }, 'role', /./],
  ])('%s', async (_, method, path, body, field, says) => {
    const before = await world.sluice.admin.must('GET', '/config');
    const { status, headers, json } = await world.sluice.admin.call(method, path, body);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const errors = json.errors as { path: string; message: string }[];
    expect(errors.map((error) => error.path).join()).toContain(field);
    expect(errors.map((error) => error.message).join()).toMatch(says);
    expect(await world.sluice.admin.must('GET', '/config')).toEqual(before);
  });

  it('bad JSON', async () => {
    const { status, json } = await world.sluice.admin.call('POST', '/routes', '{"rules":');
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toMatch(/JSON/);
  });
});

/** A refusal in the protocol's shape that names the fault, and no word to the model server. */
async function refused(door: Door, send: () => Promise<Reply>, status: number, says: RegExp): Promise<void> {
  const asked = world.sim.requests.length;
  const reply = await send();
  expect([reply.status, reply.text.slice(0, 300)]).toEqual([status, expect.any(String)]);
  expect(messageOfError(door, reply)).toMatch(says);
  expect(reply.text.length).toBeLessThan(2_000);
  expect(world.sim.requests.length).toBe(asked);
}
