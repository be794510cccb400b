import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../test/config-fixture.ts';
import type { IdentitySource, Settings } from '../domain/config.ts';
import { Fault } from './fault.ts';
import { identify } from './identify.ts';

const body = (path: string): IdentitySource => ({
  kind: 'body',
  path: path.split('.'),
  label: `body:${path}`,
});
const header = (name: string): IdentitySource => ({
  kind: 'header',
  name: name.toLowerCase(),
  label: `header:${name}`,
});

/** CONTRACT §3's order. */
const settings: Settings = {
  ...SETTINGS,
  userSources: [
    body('user_id'),
    header('X-User-Id'),
    body('safety_identifier'),
    body('user'),
    body('metadata.user_id'),
    header('X-OpenWebUI-User-Id'),
  ],
  sessionSources: [body('session_id'), header('X-Session-Id'), body('metadata.session_id')],
};

function who(json: object, headers: IncomingHttpHeaders = {}, more: Partial<Settings> = {}) {
  return identify({
    json: json as Record<string, unknown>,
    headers,
    settings: { ...settings, ...more },
    credentialId: 'key_a',
  });
}
const userOf = (json: object, headers?: IncomingHttpHeaders) => who(json, headers).userId;

describe('identify', () => {
  it('takes the first source that says something', () => {
    const all = { user_id: 'a', safety_identifier: 'c', user: 'd', metadata: { user_id: 'e' } };
    const headers = { 'x-user-id': 'b', 'x-openwebui-user-id': 'f' };
    expect(userOf(all, headers)).toBe('a');
    expect(userOf({ ...all, user_id: '' }, headers)).toBe('b');
    expect(userOf({ ...all, user_id: null })).toBe('c');
    expect(userOf({ user: 'd', metadata: { user_id: 'e' } }, { 'x-user-id': '' })).toBe('d');
    expect(who({ metadata: { user_id: 'e' } }, headers)).toMatchObject({
      userId: 'b',
      userSource: 'header:X-User-Id',
    });
    expect(who({ metadata: { user_id: 'e' } })).toMatchObject({
      userId: 'e',
      userSource: 'body:metadata.user_id',
    });
    expect(who({}, { 'x-openwebui-user-id': 'f' })).toMatchObject({ userId: 'f' });
    expect(who({ metadata: 'text' })).toMatchObject({ userId: null, userSource: null, sessionId: null });
  });

  it('never normalises a value', () => {
    for (const id of [' a ', 'A', 'ａ', 'é', 'e\u0301', '👩‍💻', 'a\u0000b'])
      expect(userOf({ user_id: id })).toBe(id);
  });

  it('reads header values as UTF-8', () => {
    const latin1 = Buffer.from('用户-7', 'utf8').toString('latin1');
    expect(userOf({}, { 'x-user-id': latin1 })).toBe('用户-7');
    expect(() => userOf({}, { 'x-user-id': '\u00ff' })).toThrow(/X-User-Id is not valid UTF-8/);
  });

  it('reads whole numbers as their digits and refuses what cannot be an id', () => {
    expect(userOf({ user_id: 42 })).toBe('42');
    expect(() => userOf({ user_id: 1.5 })).toThrow(/user_id is a number/);
    expect(() => userOf({ user_id: 2 ** 53 })).toThrow(/send a string/);
    expect(() => userOf({ user: { id: 1 } })).toThrow(/user must be a string/);
    expect(() => userOf({ user: true })).toThrow(Fault);
  });

  it('counts bytes, not characters, up to 512', () => {
    expect(userOf({ user_id: 'a'.repeat(512) })).toHaveLength(512);
    expect(userOf({ user_id: '用'.repeat(170) })).toHaveLength(170);
    expect(() => userOf({ user_id: 'a'.repeat(513) })).toThrow(/longer than 512 bytes/);
    expect(() => userOf({ user_id: '用'.repeat(171) })).toThrow(/longer than 512 bytes/);
  });

  it('finds the session likewise, and refuses one that no header can carry back', () => {
    expect(who({ session_id: 's' }, { 'x-session-id': 't' })).toMatchObject({
      sessionId: 's',
      sessionSource: 'body:session_id',
    });
    expect(who({}, { 'x-session-id': 't' }).sessionId).toBe('t');
    expect(() => who({ session_id: 'a\r\nb' })).toThrow(/control characters/);
  });

  it('lets the key stand in for the user where that is wanted', () => {
    expect(who({}, {}, { identityFallback: 'api_key' })).toMatchObject({
      userId: 'key_a',
      userSource: 'api_key',
    });
    expect(who({ user: 'x' }, {}, { identityFallback: 'api_key' }).userId).toBe('x');
  });

  it('looks at own members only', () => {
    expect(userOf(JSON.parse('{"metadata":{}}'))).toBeNull();
    expect(
      identify({
        json: {},
        headers: {},
        settings: { ...settings, userSources: [body('constructor.name')] },
        credentialId: 'k',
      }).userId,
    ).toBeNull();
  });
});
