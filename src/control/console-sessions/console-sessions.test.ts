import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type AdminRig, openAdminRig } from '../../../test/support/admin-rig.ts';
import { createSecretBox } from '../../adapters/system/secret-box.ts';
import { createConsoleSessions } from './sessions.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});

const PAGE = { host: '127.0.0.1:18789', origin: 'http://127.0.0.1:18789', 'sec-fetch-site': 'same-origin' };
const CHANGE = { ...PAGE, 'x-sluice-console': '1' };
const send = (method: string, path: string, headers: object, payload?: object) =>
  rig.app.inject({
    method: method as 'GET',
    url: `/admin/v1${path}`,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    ...(payload && { payload }),
  });
const signIn = async (key: string, headers: object = CHANGE) => {
  const answer = await send('POST', '/sign-in', headers, { key });
  const cookie = String(answer.headers['set-cookie'] ?? '');
  return { answer, cookie, pair: cookie.split(';')[0] ?? '' };
};

describe('signing in', () => {
  it('makes a cookie of a key, for the admin API alone', async () => {
    const { answer, cookie, pair } = await signIn(ADMIN_KEY);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ key_id: 'admin', role: 'admin' });
    expect(cookie).toMatch(/^sluice_session_18789=[\w-]{43}; Path=\/admin\/v1; HttpOnly; SameSite=Strict$/);
    expect((await send('GET', '/sign-in', { ...PAGE, cookie: pair })).json()).toEqual({
      session: answer.json(),
    });
    expect((await send('GET', '/sign-in', PAGE)).json()).toEqual({ session: null });
    const made = await send('POST', '/keys', { ...CHANGE, cookie: pair }, { name: 'bot', role: 'chat' });
    expect(made.statusCode).toBe(201);
    const [newest, before] = (await rig.call('GET', '/audit')).body.items;
    expect([newest.action, before.action, before.actor]).toEqual(['keys.create', 'session.begin', 'admin']);
    expect(rig.control.access.find(pair.split('=')[1] ?? '')).toBeNull();
  });

  it('is Secure where the page came over TLS', async () => {
    const { cookie } = await signIn(ADMIN_KEY, { ...CHANGE, origin: 'https://127.0.0.1:18789' });
    expect(cookie).toMatch(/; Secure$/);
  });

  it('refuses wrong keys, soon all of them, and chat keys', async () => {
    const { key } = (await rig.call('POST', '/keys', { name: 'bot', role: 'chat' })).body;
    expect((await signIn(key)).answer.statusCode).toBe(403);
    const guesses = await Promise.all(Array.from({ length: 22 }, (_, i) => signIn(`guess-${i}`)));
    const statuses = guesses.map(({ answer }) => answer.statusCode);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
    expect(statuses).toContain(429);
    expect(guesses.every(({ cookie }) => cookie === '')).toBe(true);
  });

  it('keeps the role of the key', async () => {
    const { key } = (await rig.call('POST', '/keys', { name: 'eye', role: 'viewer' })).body;
    const { pair } = await signIn(key);
    expect((await send('GET', '/models', { ...PAGE, cookie: pair })).statusCode).toBe(200);
    expect((await send('GET', '/audit', { ...PAGE, cookie: pair })).statusCode).toBe(403);
  });

  it('ends by signing out, and with the key', async () => {
    const { id, key } = (await rig.call('POST', '/keys', { name: 'ops', role: 'operator' })).body;
    const [first, second] = [await signIn(key), await signIn(key)];
    expect((await send('DELETE', '/session', { ...CHANGE, cookie: first.pair })).json()).toEqual({
      ended: true,
    });
    expect((await send('GET', '/models', { ...PAGE, cookie: first.pair })).statusCode).toBe(401);
    expect((await send('GET', '/models', { ...PAGE, cookie: second.pair })).statusCode).toBe(200);
    await rig.call('DELETE', `/keys/${id}`);
    expect((await send('GET', '/models', { ...PAGE, cookie: second.pair })).statusCode).toBe(401);
  });
});

describe('other pages', () => {
  const EVIL = { host: '127.0.0.1:18789', origin: 'http://evil.example', 'x-sluice-console': '1' };

  it.each<[string, object]>([
    ['a foreign origin', EVIL],
    ['a neighbouring port', { ...CHANGE, origin: 'http://127.0.0.1:8080' }],
    ['a foreign site', { ...CHANGE, 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the site', { ...CHANGE, 'sec-fetch-site': 'same-site' }],
    ['no origin', { ...CHANGE, origin: undefined }],
    ['a form, which sends no header', { ...CHANGE, 'x-sluice-console': undefined }],
    ['the origin "null"', { ...CHANGE, origin: 'null' }],
  ])('cannot change anything with the cookie: %s', async (_name, headers) => {
    const { pair } = await signIn(ADMIN_KEY);
    const answer = await send('POST', '/keys', { ...headers, cookie: pair }, { name: 'bot', role: 'admin' });
    expect(answer.statusCode).toBe(403);
    expect((await rig.call('GET', '/keys')).body.items).toEqual([]);
    expect((await signIn(ADMIN_KEY, headers)).answer.statusCode).toBe(403);
  });

  it('cannot read with the cookie', async () => {
    const { pair } = await signIn(ADMIN_KEY);
    const answer = await send('GET', '/models', { ...EVIL, cookie: pair });
    expect([answer.statusCode, answer.json().type]).toEqual([403, 'urn:sluice:forbidden']);
  });

  it('does not concern programs, which send keys', async () => {
    const answer = await send('GET', '/models', { ...EVIL, authorization: `Bearer ${ADMIN_KEY}` });
    expect(answer.statusCode).toBe(200);
  });
});

describe('the chat key of a session', () => {
  const chatKey = async (pair: string): Promise<string> =>
    (await send('POST', '/session/chat-key', { ...CHANGE, cookie: pair })).json().key;

  it('may chat and nothing else, and ends with the session', async () => {
    const { pair } = await signIn(ADMIN_KEY);
    const key = await chatKey(pair);
    expect(await chatKey(pair)).toBe(key);
    expect(rig.control.access.find(key)).toMatchObject({ credentialId: 'admin', role: 'chat' });
    const headers = { authorization: `Bearer ${key}` };
    expect((await send('GET', '/models', headers)).statusCode).toBe(403);
    const { generation } = rig.control.access;
    await send('DELETE', '/session', { ...CHANGE, cookie: pair });
    expect(rig.control.access.find(key)).toBeNull();
    expect(rig.control.access.generation).not.toBe(generation);
  });

  it('is not for callers with a key', async () => {
    const answer = await rig.call('POST', '/session/chat-key');
    expect([answer.status, answer.body.type]).toEqual([403, 'urn:sluice:forbidden']);
  });
});

describe('sessions', () => {
  const principal = { credentialId: 'key_1', name: 'ops', role: 'operator', mayOverride: true } as const;
  const open = () => {
    const now = { ms: 0 };
    const box = createSecretBox({ masterKey: Buffer.from('the master key of the tests') });
    const clock = { nowMs: () => now.ms, monotonicMs: () => now.ms };
    return { now, sessions: createConsoleSessions({ box, clock, isInForce: () => true }) };
  };

  it('end half an hour after the last request', () => {
    const { now, sessions } = open();
    const { token } = sessions.open(principal);
    now.ms = 29 * 60_000;
    expect(sessions.find(token)?.principal).toBe(principal);
    now.ms = 58 * 60_000;
    expect(sessions.find(token)).not.toBeNull();
    now.ms = 88 * 60_000;
    expect(sessions.find(token)).toBeNull();
  });

  it('end after twelve hours, however busy', () => {
    const { now, sessions } = open();
    const { token } = sessions.open(principal);
    for (; now.ms < 12 * 3_600_000; now.ms += 600_000) expect(sessions.find(token)).not.toBeNull();
    expect(sessions.find(token)).toBeNull();
  });

  it('are a thousand at most, the longest unused goes first', () => {
    const { sessions } = open();
    const tokens = Array.from({ length: 1_000 }, () => sessions.open(principal).token);
    expect(sessions.find(tokens[0] ?? '')).not.toBeNull();
    sessions.open(principal);
    expect(sessions.find(tokens[0] ?? '')).not.toBeNull();
    expect(sessions.find(tokens[1] ?? '')).toBeNull();
  });
});
