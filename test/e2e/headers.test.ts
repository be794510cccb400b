import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DOORS, type Reply } from '../support/asker.ts';
import { requestEvent } from '../support/journal-events.ts';
import { NDJSON, type ScriptUpstream, startScriptUpstream, wholeAnswer } from '../support/script-upstream.ts';
import { CANDIDATE, STABLE, startWorld, type UpstreamKind, type World } from '../support/world.ts';

const KINDS: readonly UpstreamKind[] = ['ollama', 'openai'];

describe.each(KINDS)('headers of every chat answer (%s)', (upstream) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ upstream });
  });
  afterEach(() => world.sim.setFaults([]));
  afterAll(() => world.close());

  describe.each(DOORS)('on %s', (door) => {
    it.each([false, true])('say who answered, why, and by which version (stream: %s)', async (stream) => {
      const reply = await world.asker.ask({ door, stream, userId: 'uid_123456' });
      const { config_version } = await world.sluice.admin.must('GET', '/config');
      expect(reply.headers).toMatchObject({
        'x-model-used': CANDIDATE,
        'x-request-id': expect.stringMatching(/^req_[0-9a-z]+$/),
        'x-session-id': expect.stringMatching(/^ses_[0-9a-z]+$/),
        'x-sluice-route': 'support',
        'x-sluice-reason': 'rule',
        'x-sluice-bucket': '89',
        'x-sluice-config-version': String(config_version),
        'content-type': contentType(door, stream),
      });
      expect(reply.headers['x-sluice-assigned-model']).toBeUndefined();
      expect(reply.headers['x-sluice-fallback']).toBeUndefined();
      const event = requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id']));
      expect(event).toMatchObject({
        model_id: CANDIDATE,
        assigned_model_id: CANDIDATE,
        session_id: reply.headers['x-session-id'],
        reason: 'rule',
        bucket: 89,
        config_version,
        stream,
        status: 200,
        outcome: 'ok',
      });
      // An OpenAI server tells the usage of a stream only when asked; not told is null, never zero.
      const isTold = upstream === 'ollama' || !stream || door !== 'openai';
      expect(event.completion_tokens).toEqual(isTold ? expect.any(Number) : null);
    });

    it('say who stood in, and the own protocol says it in the body too', async () => {
      world.sim.setFaults([{ fault: 'status_500', model: 'qwen3:32b' }]);
      const reply = await world.asker.ask({ door, userId: 'uid_123456' });
      expect(reply.status).toBe(200);
      expect(reply.headers).toMatchObject({
        'x-model-used': STABLE,
        'x-sluice-reason': 'rule',
        'x-sluice-assigned-model': CANDIDATE,
        'x-sluice-fallback': 'error',
      });
      if (door === 'chat') {
        expect(JSON.parse(reply.text)).toMatchObject({
          model_id: STABLE,
          assignment: { assigned_model_id: CANDIDATE, fallback: 'error' },
        });
      }
    });

    it('stand on errors as far as the request came', async () => {
      world.sim.setFaults([{ fault: 'status_500' }]);
      const failed = await world.asker.ask({ door, userId: 'alice' });
      expect(failed.status).toBe(502);
      expect(failed.headers).toMatchObject({
        'x-request-id': expect.any(String),
        'x-model-used': STABLE,
        'x-sluice-bucket': '0',
      });
      const unknown = await world.asker.ask({ door, key: 'wrong' });
      expect(unknown.headers['x-request-id']).toEqual(expect.any(String));
      expect(unknown.headers['x-model-used']).toBeUndefined();
    });
  });

  it('name what translation dropped', async () => {
    const extra = { guided_json: {}, frequency_penalty: 0.5 };
    const reply = await world.asker.ask({ door: 'openai', more: extra });
    expect(reply.status).toBe(200);
    if (upstream === 'openai') expect(reply.headers['x-sluice-dropped']).toBeUndefined();
    else expect(reply.headers['x-sluice-dropped']).toContain('guided_json');
  });

  it('go to the pages of a listed origin only', async () => {
    await world.sluice.admin.must('PATCH', '/settings', { cors: { origins: ['https://app.example.com'] } });
    const from = (origin: string): Promise<Reply> => world.asker.ask({ door: 'openai', headers: { origin } });
    const listed = await from('https://app.example.com');
    expect(listed.headers['access-control-allow-origin']).toBe('https://app.example.com');
    expect(String(listed.headers['access-control-expose-headers'])).toContain('X-Model-Used');
    expect((await from('https://evil.example.com')).headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('headers are allow-listed both ways', () => {
  let script: ScriptUpstream;
  let world: World;
  beforeAll(async () => {
    script = await startScriptUpstream();
    world = await startWorld({ upstreamUrl: script.url, model: { api_key: 'key-of-the-model-server' } });
  });
  afterAll(async () => {
    await world.close();
    await script.close();
  });

  it('nothing of the caller reaches the model server, nothing of the model server the caller', async () => {
    const answer =
      '{"model":"m","message":{"role":"assistant","content":"x"},"done":true,"done_reason":"stop"}\n';
    script.play(({ socket }) => {
      const head = wholeAnswer(NDJSON, answer).replace(
        '\r\n',
        '\r\nSet-Cookie: a=b\r\nServer: secret/1.0\r\nX-Internal: yes\r\nX-Model-Used: forged\r\n',
      );
      socket.write(head);
    });
    const request = script.next();
    const reply = await world.asker.ask({
      door: 'ollama',
      stream: true,
      userId: 'alice',
      headers: {
        cookie: 'session=1',
        'x-forwarded-for': '10.0.0.1',
        'x-secret': 'mine',
        referer: 'http://intranet/',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    expect(reply.text).toBe(answer);
    const { head } = await request;
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    for (const name of [
      'cookie',
      'x-forwarded-for',
      'x-secret',
      'referer',
      'x-user-id',
      'x-api-key',
      'origin',
    ]) {
      expect(names).not.toContain(name);
    }
    expect(head).not.toContain(world.chatKey);
    expect(head).toMatch(/^authorization: Bearer key-of-the-model-server$/im);
    expect(head).toMatch(/^traceparent: 00-0af7/im);
    expect(head).toMatch(new RegExp(`^host: ${new URL(script.url).host}$`, 'im'));
    for (const name of ['set-cookie', 'x-internal', 'server']) expect(reply.headers[name]).toBeUndefined();
    expect(reply.headers['x-model-used']).toBe(STABLE);
  });
});

function contentType(door: string, stream: boolean): unknown {
  if (!stream) return expect.stringMatching(/^application\/json/);
  return door === 'ollama' ? NDJSON : expect.stringMatching(/^text\/event-stream/);
}
