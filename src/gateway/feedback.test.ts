import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FailingRig, json, MESSAGES, startFailingRig } from '../../test/support/failing-rig.ts';
import { OLLAMA_WHOLE } from '../../test/support/frames.ts';

let world: FailingRig;
beforeAll(async () => {
  world = await startFailingRig();
  world.configure({});
  world.play(json(200, OLLAMA_WHOLE));
});
afterEach(() => world.forget());
afterAll(() => world.close());

async function post(path: string, body: unknown, key = 'key-a') {
  const response = await fetch(world.rig.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function chat(sessionId?: string) {
  const response = await fetch(`${world.rig.url}/v1/chat`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-a' },
    body: JSON.stringify({
      user_id: 'alice',
      messages: MESSAGES,
      ...(sessionId ? { session_id: sessionId } : {}),
    }),
  });
  const { id, session_id } = (await response.json()) as { id: string; session_id: string };
  return { requestId: id, sessionId: session_id };
}

const kept = (kind: string) =>
  world.rig.frames.filter((frame) => frame.kind === kind).map((frame) => frame.record);

describe('feedback', () => {
  it('on a request and on a session is kept', async () => {
    const { requestId, sessionId } = await chat('chat-1');
    expect((await post('/v1/feedback', { request_id: requestId, rating: 1, comment: 'thanks' })).status).toBe(
      202,
    );
    expect((await post('/v1/feedback', { session_id: sessionId, task_completed: false })).status).toBe(202);
    expect(kept('feedback')).toEqual([
      expect.objectContaining({
        request_id: requestId,
        rating: 1,
        comment: 'thanks',
        task_completed: null,
        session_id: null,
      }),
      expect.objectContaining({
        session_id: 'chat-1',
        task_completed: false,
        rating: null,
        credential_id: 'key_a',
      }),
    ]);
  });

  it('is taken from who made it, or an admin, and tells others nothing', async () => {
    const { requestId, sessionId } = await chat('chat-2');
    const foreign = await post('/v1/feedback', { request_id: requestId, rating: 1 }, 'key-b');
    const invented = await post(
      '/v1/feedback',
      { request_id: `${requestId.slice(0, -1)}0`, rating: 1 },
      'key-b',
    );
    expect([foreign.status, invented.status]).toEqual([404, 404]);
    expect((await post('/v1/feedback', { session_id: sessionId, rating: 1 }, 'key-b')).status).toBe(404);
    expect((await post('/v1/feedback', { session_id: 'never-seen', rating: 1 })).status).toBe(404);
    expect((await post('/v1/feedback', { request_id: requestId, rating: 1 }, 'key-admin')).status).toBe(202);
    expect((await post('/v1/feedback', { session_id: sessionId, rating: 1 }, 'key-admin')).status).toBe(202);
    expect(kept('feedback')).toHaveLength(2);
  });

  it.each([
    ['nothing', {}],
    ['no target', { rating: 1 }],
    ['no verdict', { request_id: 'req_x' }],
    ['a rating out of range', { request_id: 'req_x', rating: 5 }],
    ['an unknown field', { request_id: 'req_x', rating: 1, stars: 5 }],
    ['a list', []],
  ])('with %s is refused', async (_name, body) => {
    const { status, text } = await post('/v1/feedback', body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toHaveProperty('error.message');
    expect(kept('feedback')).toEqual([]);
  });
});

describe('the end of a session', () => {
  it('is kept, and a later request opens a new instance', async () => {
    const { sessionId } = await chat('chat/3');
    expect((await post('/v1/sessions/chat%2F3/end', { reason: 'completed' })).status).toBe(202);
    await chat(sessionId);
    const [first, second] = world.rig.events();
    expect(kept('session_end')).toEqual([
      expect.objectContaining({
        session_id: 'chat/3',
        session_instance: first?.session_instance,
        reason: 'completed',
      }),
    ]);
    expect(second?.session_id).toBe(first?.session_id);
    expect(second?.session_instance).not.toBe(first?.session_instance);
  });

  it('is refused to others, and without a reason that is known', async () => {
    await chat('chat-4');
    expect((await post('/v1/sessions/chat-4/end', { reason: 'completed' }, 'key-b')).status).toBe(404);
    expect((await post('/v1/sessions/chat-4/end', { reason: 'bored' })).status).toBe(400);
    expect((await post('/v1/sessions/chat-4/end', { reason: 'abandoned' }, 'key-nobody')).status).toBe(401);
    expect((await post('/v1/sessions/chat-4/end', { reason: 'abandoned' }, 'key-admin')).status).toBe(202);
    expect(kept('session_end')).toHaveLength(1);
  });
});
