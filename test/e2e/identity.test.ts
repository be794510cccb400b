import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Question, Reply } from '../support/asker.ts';
import { goldenBucket } from '../support/golden-rule.ts';
import { type JournalEvent, requestEvent } from '../support/journal-events.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const eventOf = (reply: Reply): JournalEvent =>
  requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id']));
const ask = (question: Omit<Question, 'door'>): Promise<Reply> =>
  world.asker.ask({ door: 'openai', ...question });

/** A value in one of the places where it may stand: a path of the body, or a header. */
function placed(source: string, value: unknown): Pick<Question, 'more' | 'headers'> {
  const [kind = '', name = ''] = source.split(/:(.*)/);
  if (kind === 'header') return { headers: { [name]: String(value) } };
  const [outer = '', inner] = name.split('.');
  return { more: { [outer]: inner === undefined ? value : { [inner]: value } } };
}

/** All of them at once; where two stand in one object, both are kept. */
function placedAll(sources: readonly string[], valueAt: (source: string) => string): Omit<Question, 'door'> {
  const parts = sources.map((source) => placed(source, valueAt(source)));
  const metadata = Object.assign({}, ...parts.map(({ more }) => more?.metadata ?? {}));
  return {
    more: Object.assign(
      {},
      ...parts.map(({ more }) => more ?? {}),
      Object.keys(metadata).length > 0 ? { metadata } : {},
    ),
    headers: Object.assign({}, ...parts.map(({ headers }) => headers ?? {})),
  };
}

/** CONTRACT §3's orders, as they are written there. */
const USER_SOURCES = [
  'body:user_id',
  'header:X-User-Id',
  'body:safety_identifier',
  'body:user',
  'body:metadata.user_id',
  'header:X-OpenWebUI-User-Id',
  'header:x-litellm-end-user-id',
  'header:x-litellm-customer-id',
];
const SESSION_SOURCES = [
  'body:session_id',
  'header:X-Session-Id',
  'body:metadata.session_id',
  'header:X-OpenWebUI-Chat-Id',
  'header:x-openclaw-session-key',
  'header:x-claude-code-session-id',
];

describe('the user is the first found', () => {
  it.each(USER_SOURCES.map((source, i) => [source, USER_SOURCES.slice(i)] as const))(
    '%s before those after it',
    async (source, present) => {
      const reply = await ask(placedAll(present, (one) => `user of ${one}`));
      expect(eventOf(reply)).toMatchObject({ user_id: `user of ${source}`, user_source: source });
      expect(reply.headers['x-sluice-bucket']).toBe(String(goldenBucket(`user of ${source}`)));
    },
  );

  it.each(['', null])('and %j is skipped', async (nothing) => {
    const reply = await ask({ more: { user_id: nothing, user: 'uid_123456' } });
    expect(eventOf(reply)).toMatchObject({ user_id: 'uid_123456', user_source: 'body:user' });
  });

  it('a number counts as its digits', async () => {
    expect(eventOf(await ask({ more: { user_id: 42 } }))).toMatchObject({ user_id: '42' });
  });

  it('a value of 512 bytes is taken as it is', async () => {
    const userId = `${'中'.repeat(170)}ab`;
    expect(eventOf(await ask({ more: { user_id: userId } }))).toMatchObject({ user_id: userId });
  });

  it('nobody is known: stable, no bucket, and the reason', async () => {
    const reply = await ask({});
    expect(reply.headers).toMatchObject({ 'x-model-used': STABLE, 'x-sluice-reason': 'no_user' });
    expect(reply.headers['x-sluice-bucket']).toBeUndefined();
    expect(eventOf(reply)).toMatchObject({ user_id: null, user_source: null, bucket: null });
  });
});

describe('the session is the first found', () => {
  it.each(SESSION_SOURCES.map((source, i) => [source, SESSION_SOURCES.slice(i)] as const))(
    '%s before those after it',
    async (source, present) => {
      const value = (one: string): string => `session-of-${one.replaceAll(/\W/g, '-')}`;
      const reply = await ask({ ...placedAll(present, value) });
      expect(reply.headers['x-session-id']).toBe(value(source));
      expect(eventOf(reply)).toMatchObject({ session_id: value(source), session_source: source });
    },
  );

  it('a session id that is not ASCII comes back in its bytes', async () => {
    const reply = await ask({ more: { session_id: '会话一' } });
    expect(Buffer.from(String(reply.headers['x-session-id']), 'latin1').toString()).toBe('会话一');
  });
});

describe('a conversation without a session id is recognised', () => {
  const user = (content: string) => ({ role: 'user', content });
  const assistant = (content: string) => ({ role: 'assistant', content });
  const say = (messages: object[], more: Partial<Question> = {}) =>
    ask({ userId: 'talker', ...more, more: { messages, ...more.more } });
  const sessionOf = (reply: Reply): string => String(reply.headers['x-session-id']);

  it('by its first words, while the client sends its history back', async () => {
    const opening = await say([user('My order is late')]);
    const second = await say([user('My order is late'), assistant('Which?'), user('Number 7')]);
    const third = await say([
      user('My order is late'),
      assistant('Which?'),
      user('Number 7'),
      assistant('It is on its way'),
      user('Thanks'),
    ]);
    expect(sessionOf(second)).toBe(sessionOf(opening));
    expect(sessionOf(third)).toBe(sessionOf(opening));
    expect([opening, second, third].map((reply) => eventOf(reply).round)).toEqual([1, 2, 3]);
    expect(eventOf(third)).toMatchObject({ session_source: 'fingerprint', session_weak: false });
  });

  it('a lone first message opens a new one, a client’s retry of it does not', async () => {
    const first = await say([user('Hello there')]);
    const again = await say([user('Hello there')]);
    expect(sessionOf(again)).not.toBe(sessionOf(first));
    const retry = await say([user('Hello there')], { headers: { 'x-stainless-retry-count': '1' } });
    expect(sessionOf(retry)).toBe(sessionOf(again));
    expect(eventOf(retry)).toMatchObject({ round: 1, opens_round: false, client_retry: 1 });
  });

  it('of another user, another system text or another key is another', async () => {
    const history = [user('Same words'), assistant('Yes?'), user('Go on')];
    const mine = await say(history);
    const { key } = await world.sluice.admin.must('POST', '/keys', { name: 'another', role: 'chat' });
    const others = [
      await say(history, { userId: 'another talker' }),
      await say([{ role: 'system', content: 'Be brief' }, ...history]),
      await say(history, { key: String(key) }),
    ];
    expect(new Set([mine, ...others].map(sessionOf)).size).toBe(4);
    expect(sessionOf(await say(history))).toBe(sessionOf(mine));
  });

  it('without a user it is marked weak', async () => {
    const reply = await ask({ more: { messages: [user('Who am I?'), assistant('?'), user('Me')] } });
    expect(eventOf(reply)).toMatchObject({ session_weak: true, session_source: 'fingerprint' });
  });

  it('a round opens with a new user message; tool turns and regenerations stay in it', async () => {
    const headers = { 'x-session-id': 'rounds' };
    const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const rounds: unknown[] = [];
    for (const messages of [
      [user('one')],
      [
        user('one'),
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '1' },
      ],
      [user('one')],
      [user('one'), assistant('a'), user('two')],
      [user('one'), assistant('a'), user('two')],
    ]) {
      rounds.push(eventOf(await say(messages, { headers })).round);
    }
    expect(rounds).toEqual([1, 1, 1, 2, 2]);
  });

  it('one session id of two users is two sessions', async () => {
    const instances = await Promise.all(
      ['u1', 'u2', 'u1'].map(
        async (userId) =>
          eventOf(await ask({ userId, headers: { 'x-session-id': 'shared' } })).session_instance,
      ),
    );
    expect(instances[0]).not.toBe(instances[1]);
    expect(instances[2]).toBe(instances[0]);
  });
});

describe('the orders are settings', () => {
  it('of users and sessions', async () => {
    const before = await world.sluice.admin.must('GET', '/settings');
    await world.sluice.admin.must('PATCH', '/settings', {
      identity: { user_sources: ['header:X-Customer', 'body:meta.who'], session_sources: ['body:meta.talk'] },
    });
    const both = await ask({
      headers: { 'X-Customer': 'c1', 'x-user-id': 'ignored' },
      more: { meta: { who: 'm1', talk: 't1' } },
    });
    const body = await ask({ more: { meta: { who: 'm1', talk: 't1' }, user_id: 'ignored' } });
    await world.sluice.admin.must('PATCH', '/settings', { identity: before.identity });
    expect(eventOf(both)).toMatchObject({
      user_id: 'c1',
      session_id: 't1',
      user_source: 'header:X-Customer',
    });
    expect(eventOf(body)).toMatchObject({ user_id: 'm1', session_id: 't1', user_source: 'body:meta.who' });
  });

  it('of who stands in for nobody', async () => {
    await world.sluice.admin.must('PATCH', '/settings', { identity: { fallback: 'api_key' } });
    const reply = await ask({});
    await world.sluice.admin.must('PATCH', '/settings', { identity: { fallback: 'stable' } });
    expect(reply.headers['x-sluice-reason']).toBe('rule');
    expect(eventOf(reply)).toMatchObject({ user_source: 'api_key', user_id: eventOf(reply).credential_id });
  });
});

describe('whoever it is, the same user gets the same model through every door', () => {
  it.each(['alice', 'uid_123456'])('%s', async (userId) => {
    const model = userId === 'alice' ? STABLE : CANDIDATE;
    for (const question of [
      { door: 'chat', userId },
      { door: 'openai', userId },
      { door: 'ollama', userId },
      { door: 'ollama', more: { user_id: userId } },
      { door: 'openai', headers: { 'x-openwebui-user-id': userId } },
    ] as const) {
      expect((await world.asker.ask(question)).headers['x-model-used']).toBe(model);
    }
  });
});
