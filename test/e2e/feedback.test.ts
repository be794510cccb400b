import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOfError } from '../support/error-shape.ts';
import { journalOf, requestEvent } from '../support/journal-events.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let otherKey: string;
beforeAll(async () => {
  world = await startWorld();
  otherKey = String((await world.sluice.admin.must('POST', '/keys', { name: 'other', role: 'chat' })).key);
});
afterAll(() => world.close());

/** One answered question; gives its ids. */
async function talk(sessionId: string): Promise<{ requestId: string; sessionId: string }> {
  const { headers } = await world.asker.ask({
    door: 'chat',
    userId: 'alice',
    more: { session_id: sessionId },
  });
  return { requestId: String(headers['x-request-id']), sessionId: String(headers['x-session-id']) };
}
const post = (path: string, body: unknown, key = world.chatKey) =>
  world.asker.post(path, typeof body === 'string' ? body : JSON.stringify(body), {
    authorization: `Bearer ${key}`,
  });
const kept = (kind: string) => journalOf(world.sluice.dataDir, kind);

describe('POST /v1/feedback', () => {
  it('keeps a verdict on a request and on a session', async () => {
    const { requestId, sessionId } = await talk('f1');
    expect((await post('/v1/feedback', { request_id: requestId, rating: 1, comment: '很好' })).status).toBe(
      202,
    );
    expect((await post('/v1/feedback', { session_id: sessionId, task_completed: false })).status).toBe(202);
    const { credential_id } = requestEvent(world.sluice.dataDir, requestId);
    const [first, second] = kept('feedback').slice(-2);
    expect(first).toMatchObject({
      request_id: requestId,
      rating: 1,
      comment: '很好',
      task_completed: null,
      credential_id,
    });
    expect(second).toMatchObject({
      session_id: sessionId,
      task_completed: false,
      rating: null,
      credential_id,
    });
    expect(second?.session_instance).toEqual(expect.stringMatching(/^ses_/));
  });

  it('is taken from the key that asked, or an admin, and from nobody else', async () => {
    const { requestId, sessionId } = await talk('f2');
    const before = kept('feedback').length;
    for (const body of [
      { request_id: requestId, rating: -1 },
      { session_id: sessionId, rating: -1 },
    ]) {
      const foreign = await post('/v1/feedback', body, otherKey);
      expect(foreign.status).toBe(404);
      messageOfError('chat', foreign);
    }
    expect((await post('/v1/feedback', { request_id: requestId, rating: 1 }, 'wrong')).status).toBe(401);
    expect(kept('feedback').length).toBe(before);
    expect(
      (await post('/v1/feedback', { session_id: sessionId, rating: 1 }, world.sluice.adminKey)).status,
    ).toBe(202);
    expect(kept('feedback').at(-1)).toMatchObject({ session_id: sessionId, rating: 1 });
  });

  it.each([
    ['a rating of 2', { rating: 2 }, /rating/],
    ['task_completed as a text', { task_completed: 'yes' }, /task_completed/],
    ['an unknown field', { ratnig: 1 }, /ratnig/],
    ['no verdict’s object', '[]', /./],
    ['bad JSON', '{', /JSON/],
  ])('refuses %s', async (_, more, says) => {
    const { requestId } = await talk('f3');
    const reply = await post(
      '/v1/feedback',
      typeof more === 'string' ? more : { request_id: requestId, ...more },
    );
    expect(reply.status).toBe(400);
    expect(messageOfError('chat', reply)).toMatch(says);
  });

  it('refuses a verdict on nothing', async () => {
    expect((await post('/v1/feedback', { rating: 1 })).status).toBe(400);
  });
});

describe('POST /v1/sessions/{id}/end', () => {
  it('keeps the end, and what follows under the same id is a new instance', async () => {
    const { requestId, sessionId } = await talk('e1');
    expect((await post(`/v1/sessions/${sessionId}/end`, { reason: 'completed' })).status).toBe(202);
    const { session_instance } = requestEvent(world.sluice.dataDir, requestId);
    expect(kept('session_end').at(-1)).toMatchObject({
      session_id: 'e1',
      session_instance,
      reason: 'completed',
    });
    const next = await talk('e1');
    const after = requestEvent(world.sluice.dataDir, next.requestId);
    expect(after).toMatchObject({ session_id: 'e1', round: 1 });
    expect(after.session_instance).not.toBe(session_instance);
  });

  it('is taken from the key that made the session, or an admin', async () => {
    const { sessionId } = await talk('e2');
    const before = kept('session_end').length;
    expect((await post(`/v1/sessions/${sessionId}/end`, { reason: 'abandoned' }, otherKey)).status).toBe(404);
    expect(kept('session_end').length).toBe(before);
    expect(
      (await post(`/v1/sessions/${sessionId}/end`, { reason: 'abandoned' }, world.sluice.adminKey)).status,
    ).toBe(202);
    expect(kept('session_end').at(-1)).toMatchObject({ session_id: 'e2', reason: 'abandoned' });
  });

  it('takes an id that is not ASCII, percent-encoded', async () => {
    await talk('会话');
    expect(
      (await post(`/v1/sessions/${encodeURIComponent('会话')}/end`, { reason: 'completed' })).status,
    ).toBe(202);
    expect(kept('session_end').at(-1)).toMatchObject({ session_id: '会话' });
  });

  it('refuses another reason', async () => {
    const { sessionId } = await talk('e3');
    const reply = await post(`/v1/sessions/${sessionId}/end`, { reason: 'bored' });
    expect(reply.status).toBe(400);
    expect(messageOfError('chat', reply)).toMatch(/reason/);
  });
});
