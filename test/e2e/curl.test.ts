import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenBucket } from '../support/golden-rule.ts';
import { rawExchange } from '../support/raw-http.ts';
import { CANDIDATE, STABLE, startWorld, UPSTREAM_NAMES, type World } from '../support/world.ts';

const PUBLIC_HOST = 'chat.example.com';
const HAS_CURL = spawnSync('curl', ['--version']).status === 0;
/** As a beginner's tutorial prints them: no Content-Type, so that `curl -d` says a form is coming. */
const OLLAMA_LINE = '{"model":"qwen3:32b","messages":[{"role":"user","content":"你好"}],"stream":false}';
const CHAT_LINE = '{"model_id":"qwen3-32b-prod","messages":[{"role":"user","content":"Hello"}]}';

let world: World;
beforeAll(async () => {
  world = await startWorld({ server: { allowedHosts: [PUBLIC_HOST] } });
});
afterAll(() => world.close());

interface Line {
  readonly path: string;
  readonly body: string;
  readonly headers?: readonly string[];
  readonly host?: string;
}

/** The line as typed: real curl where it is installed, the bytes that it would send elsewhere. */
async function type(line: Line): Promise<{ status: number; json: Record<string, unknown> }> {
  const { path, body, headers = [], host } = line;
  if (!HAS_CURL) {
    const lines = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host ?? `127.0.0.1:${world.sluice.port}`}`,
      'User-Agent: curl/8.5.0',
      'Accept: */*',
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(headers.some((header) => /^content-type/i.test(header))
        ? []
        : ['Content-Type: application/x-www-form-urlencoded']),
    ];
    const answer = await rawExchange(world.sluice.port, `${lines.join('\r\n')}\r\n\r\n${body}`);
    return { status: answer.status, json: JSON.parse(answer.body.toString()) };
  }
  const all = host === undefined ? headers : [...headers, `Host: ${host}`];
  const args = [
    '-sS',
    '-X',
    'POST',
    `${world.sluice.url}${path}`,
    ...all.flatMap((header) => ['-H', header]),
  ];
  // Not spawnSync: Sluice answers from this very process.
  const curl = spawn('curl', [...args, '-d', body, '-w', '\n%{http_code}'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const chunk of curl.stdout.setEncoding('utf8')) out += chunk;
  const cutAt = out.lastIndexOf('\n');
  return { status: Number(out.slice(cutAt + 1)), json: JSON.parse(out.slice(0, cutAt)) };
}

const bearer = (): string => `Authorization: Bearer ${world.chatKey}`;

describe(`the lines of a tutorial (${HAS_CURL ? 'curl' : 'curl is not installed: its bytes over a socket'})`, () => {
  it('POST /api/chat, without any header on a machine that lets its own programs in', async () => {
    await world.sluice.admin.must('PATCH', '/settings', { auth: { anonymous_chat: true } });
    try {
      const { status, json } = await type({ path: '/api/chat', body: OLLAMA_LINE });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        done: true,
        message: { role: 'assistant', content: expect.stringMatching(/\S/) },
      });
    } finally {
      await world.sluice.admin.must('PATCH', '/settings', { auth: { anonymous_chat: false } });
    }
  });

  it('POST /api/chat with a key, and the old upstream name as its model', async () => {
    const { status, json } = await type({ path: '/api/chat', body: OLLAMA_LINE, headers: [bearer()] });
    expect(status).toBe(200);
    // The route decides, not the old name: without a user it is the stable model that answers.
    expect(world.sim.requests.at(-1)?.model).toBe('qwen2:7b');
    expect(json).toMatchObject({ done: true });
  });

  it('POST /api/chat, keyless where a key is wanted, is told so in Ollama’s words', async () => {
    const { status, json } = await type({ path: '/api/chat', body: OLLAMA_LINE });
    expect(status).toBe(401);
    expect(json).toEqual({ error: expect.stringContaining('key') });
  });

  it.each([
    ['as curl -d sends it', []],
    ['with an empty Content-Type', ['Content-Type:']],
    ['with text/plain', ['Content-Type: text/plain']],
    ['with JSON', ['Content-Type: application/json']],
  ])('POST /v1/chat %s', async (_, headers) => {
    const { status, json } = await type({
      path: '/v1/chat',
      body: CHAT_LINE,
      headers: [bearer(), ...headers],
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: expect.stringMatching(/^req_/),
      model_id: CANDIDATE,
      session_id: expect.stringMatching(/^ses_/),
      message: { role: 'assistant', content: expect.stringMatching(/\S/) },
      finish_reason: 'stop',
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
      assignment: { route_id: 'support', reason: 'override', assigned_model_id: CANDIDATE, fallback: null },
    });
    expect(world.sim.requests.at(-1)?.model).toBe('qwen3:32b');
  });

  it('both under the public name of the TLS front', async () => {
    for (const line of [
      { path: '/v1/chat', body: CHAT_LINE },
      { path: '/api/chat', body: OLLAMA_LINE },
    ]) {
      expect((await type({ ...line, headers: [bearer()], host: PUBLIC_HOST })).status).toBe(200);
    }
  });

  it('says which setting lets another name in', async () => {
    const asked = world.sim.requests.length;
    const { status, json } = await type({
      path: '/v1/chat',
      body: CHAT_LINE,
      headers: [bearer()],
      host: 'other.example.com',
    });
    expect(status).toBe(421);
    expect(JSON.stringify(json)).toContain('--allowed-hosts');
    expect(world.sim.requests.length).toBe(asked);
  });
});

describe('the pasted rules', () => {
  /** Exactly as CONTRACT §4 prints it. */
  const PASTED =
    '{"strategy":"hash_user_id","rules":[{"model_id":"qwen2-7b-stable","weight":80,"description":"…"},{"model_id":"qwen3-32b-prod","weight":20,"description":"…"}]}';
  const EXAMPLES = [
    { user: 'alice', bucket: 0, model: STABLE },
    { user: 'uid_123456', bucket: 89, model: CANDIDATE },
  ];

  it('are taken by POST, which says what it filled in', async () => {
    const json = await world.sluice.admin.must('POST', '/routes', PASTED);
    expect(json).toMatchObject({ id: 'default', stable_model_id: STABLE, strategy: 'hash_user_id' });
    expect(String(json.notes)).toContain(STABLE);
    await world.sluice.admin.must('DELETE', '/routes/default');
  });

  it('are taken by PATCH, and send alice to stable and uid_123456 to the candidate', async () => {
    await world.sluice.admin.must('PATCH', '/routes/support', PASTED);
    for (const { user, bucket, model } of EXAMPLES) {
      expect(goldenBucket(user)).toBe(bucket);
      const body = JSON.stringify({ user_id: user, messages: [{ role: 'user', content: 'Hello' }] });
      const { status, json } = await type({ path: '/v1/chat', body, headers: [bearer()] });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        model_id: model,
        assignment: { route_id: 'support', reason: 'rule', bucket, assigned_model_id: model },
      });
      expect(world.sim.requests.at(-1)?.model).toBe(UPSTREAM_NAMES[model]);
      const explained = await world.sluice.admin.must('GET', `/routes/support/explain?user_id=${user}`);
      expect(explained).toMatchObject({
        user_id: user,
        bucket,
        assigned_model_id: model,
        serving_model_id: model,
      });
    }
  });
});
