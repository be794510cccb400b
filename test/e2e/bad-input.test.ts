import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, DOORS, type Door, PATHS, type Reply } from '../support/asker.ts';
import { messageOfError } from '../support/error-shape.ts';
import { rawExchange } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';
import { BAD_BODIES } from './bad-bodies.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe.each(DOORS)('bad input to %s', (door) => {
  it.each(BAD_BODIES.filter(({ doors = DOORS }) => doors.includes(door)))(
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

/** A refusal in the protocol's shape that names the fault, and no word to the model server. */
async function refused(door: Door, send: () => Promise<Reply>, status: number, says: RegExp): Promise<void> {
  const asked = world.sim.requests.length;
  const reply = await send();
  expect([reply.status, reply.text.slice(0, 300)]).toEqual([status, expect.any(String)]);
  expect(messageOfError(door, reply)).toMatch(says);
  expect(reply.text.length).toBeLessThan(2_000);
  expect(world.sim.requests.length).toBe(asked);
}
