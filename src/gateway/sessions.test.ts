import { describe, expect, it } from 'vitest';
import { createIds } from '../adapters/system/ids.ts';
import { createSessions, type SessionQuery } from './sessions.ts';

const IDLE_MS = 60_000;
const FIRST = { userMessages: 1, assistantMessages: 0, endsWithUser: true, lastUserMark: 1, isRetry: false };
const SECOND = { ...FIRST, userMessages: 2, assistantMessages: 1, lastUserMark: 2 };

function registry(maxSessions?: number) {
  const ids = createIds(() => 1_000);
  const sessions = createSessions(maxSessions === undefined ? { ids } : { ids, maxSessions });
  const ask = (more: Partial<SessionQuery> = {}) => {
    const query: SessionQuery = {
      credentialId: 'key_a',
      userId: 'alice',
      sessionId: null,
      opening: { systemText: '', firstUserText: 'hello' },
      turn: FIRST,
      idleMs: IDLE_MS,
      nowMs: 0,
      nowAtMs: 0,
      ...more,
    };
    const entered = sessions.enter(query);
    sessions.leave(entered.session, false, query.nowMs);
    return { ...entered.session, opensRound: entered.opensRound };
  };
  return { sessions, ask };
}

describe('sessions', () => {
  it('keeps the id that the client gives, and counts its rounds', () => {
    const { ask } = registry();
    const one = ask({ sessionId: 'chat-7' });
    const two = ask({ sessionId: 'chat-7', turn: SECOND });
    const again = ask({ sessionId: 'chat-7', turn: SECOND });
    expect([one.id, one.round, one.opensRound]).toEqual(['chat-7', 1, true]);
    expect([two.id, two.instance, two.round, two.opensRound]).toEqual(['chat-7', one.instance, 2, true]);
    expect([again.round, again.opensRound]).toEqual([2, false]);
  });

  it('recognises a conversation by its opening, also when its id comes back', () => {
    const { ask } = registry();
    const one = ask();
    expect(one.id).toMatch(/^ses_/);
    expect(ask({ turn: SECOND }).id).toBe(one.id);
    expect(ask({ turn: SECOND, sessionId: one.id }).instance).toBe(one.instance);
  });

  it('forgets a user: nothing leads from what comes to what was, also for a request under way', () => {
    const { sessions, ask } = registry();
    const named = ask({ sessionId: 'chat-7' });
    const others = [ask({ userId: 'bob', sessionId: 'chat-7' }), ask({ userId: 'bob' })];
    const query = {
      opening: { systemText: '', firstUserText: 'hello' },
      turn: FIRST,
      idleMs: IDLE_MS,
      nowMs: 0,
      nowAtMs: 0,
    };
    const { session } = sessions.enter({ credentialId: 'key_a', userId: 'alice', sessionId: null, ...query });
    const before = session.instance;
    expect(sessions.forget('alice').isSupersetOf(new Set([named.instance, before]))).toBe(true);
    expect(session.instance).not.toBe(before);
    expect(session.id).toBe(session.instance);
    expect(ask({ sessionId: 'chat-7', turn: SECOND })).toMatchObject({ id: 'chat-7', opensRound: true });
    expect(ask({ sessionId: 'chat-7', turn: SECOND }).instance).not.toBe(named.instance);
    expect(ask({ turn: SECOND }).id).not.toBe(before);
    const still = [ask({ userId: 'bob', sessionId: 'chat-7' }), ask({ userId: 'bob', turn: SECOND })];
    expect(still.map(({ instance }) => instance)).toEqual(others.map(({ instance }) => instance));
  });

  it('opens a new one at a lone first message, unless it repeats a failed request', () => {
    const { sessions, ask } = registry();
    const one = ask();
    const two = ask();
    expect(two.id).not.toBe(one.id);
    expect(ask({ turn: { ...FIRST, isRetry: true } }).id).toBe(two.id);
    const failed = sessions.enter({
      credentialId: 'key_a',
      userId: 'bob',
      sessionId: null,
      opening: { systemText: '', firstUserText: 'hello' },
      turn: FIRST,
      idleMs: IDLE_MS,
      nowMs: 0,
      nowAtMs: 0,
    });
    sessions.leave(failed.session, true, 0);
    const repeated = ask({ userId: 'bob' });
    expect(repeated.id).toBe(failed.session.id);
    expect(repeated.opensRound).toBe(false);
  });

  it('keeps credentials and users apart', () => {
    const { ask } = registry();
    const instances = [
      ask({ sessionId: 's' }),
      ask({ sessionId: 's', userId: 'bob' }),
      ask({ sessionId: 's', userId: null }),
      ask({ sessionId: 's', credentialId: 'key_b' }),
    ].map((session) => session.instance);
    expect(new Set(instances).size).toBe(4);
  });

  it('tells openings apart by each of their parts', () => {
    const { ask } = registry();
    const openings = [
      {},
      { credentialId: 'key_b' },
      { userId: 'bob' },
      { userId: null },
      { opening: { systemText: 'be kind', firstUserText: 'hello' } },
      { opening: { systemText: '', firstUserText: 'hello ' } },
      { opening: { systemText: 'hello', firstUserText: '' } },
    ];
    const first = openings.map((opening) => ask(opening).instance);
    const again = openings.map((opening) => ask({ ...opening, turn: SECOND }).instance);
    expect(new Set(first).size).toBe(openings.length);
    expect(again).toEqual(first);
  });

  it('opens a new instance after the end and after the idle time', () => {
    const { sessions, ask } = registry();
    const one = ask({ sessionId: 's' });
    const found = sessions.find('key_a', 's');
    if (found) found.ended = true;
    const two = ask({ sessionId: 's' });
    const three = ask({ sessionId: 's', nowMs: IDLE_MS + 1 });
    expect(new Set([one.instance, two.instance, three.instance]).size).toBe(3);
    expect(three.id).toBe('s');
  });

  it('marks a recognised conversation of nobody as weak', () => {
    const { ask } = registry();
    expect(ask({ userId: null }).isWeak).toBe(true);
    expect(ask({ userId: null, sessionId: 's' }).isWeak).toBe(false);
    expect(ask().isWeak).toBe(false);
  });

  it('finds a session for its own credential, or for nobody in particular', () => {
    const { sessions, ask } = registry();
    const one = ask({ sessionId: 's' });
    expect(sessions.find('key_a', 's')?.instance).toBe(one.instance);
    expect(sessions.find('key_b', 's')).toBeNull();
    expect(sessions.find(null, 's')?.instance).toBe(one.instance);
    expect(sessions.find(null, 'other')).toBeNull();
  });

  it('forgets what was unused for longest', () => {
    const { sessions, ask } = registry(4);
    for (const sessionId of ['a', 'b', 'a', 'c', 'a', 'd', 'a', 'e']) ask({ sessionId });
    expect(sessions.find('key_a', 'a')).not.toBeNull();
    expect(sessions.find('key_a', 'b')).toBeNull();
    expect(sessions.find('key_a', 'e')).not.toBeNull();
  });
});
