import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type AdminRig, addModels, openAdminRig, pasted } from '../../test/support/admin-rig.ts';
import { OPERATIONS, type Operation } from '../contract/operations.ts';
import { allows, ROLES } from '../domain/access.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await openAdminRig();
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});

const inject = async (options: object) => {
  const answer = await rig.app.inject(options);
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    headers: answer.headers,
    body: answer.json(),
  };
};
const auth = { authorization: `Bearer ${ADMIN_KEY}` };

describe('authentication', () => {
  it.each([
    ['no key', {}, 'missing_key'],
    ['a wrong key', { authorization: 'Bearer nope' }, 'wrong_key'],
    ['a wrong scheme', { authorization: `Basic ${ADMIN_KEY}` }, 'missing_key'],
    ['an empty key', { 'x-api-key': '' }, 'missing_key'],
  ])('refuses %s before anything is looked at', async (_name, headers, type) => {
    for (const [method, url] of [
      ['GET', '/admin/v1/models'],
      ['GET', '/admin/v1/nothing'],
      ['PUT', '/admin/v1/models'],
    ]) {
      const answer = await inject({ method, url, headers, payload: '{"bad json' });
      expect([answer.status, answer.body.type]).toEqual([401, `urn:sluice:${type}`]);
      expect(answer.type).toContain('application/problem+json');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="sluice"');
    }
  });

  it('takes a key in either header, twice the same, and not two', async () => {
    const url = '/admin/v1/models';
    expect((await inject({ url, headers: auth })).status).toBe(200);
    expect((await inject({ url, headers: { 'x-api-key': ADMIN_KEY } })).status).toBe(200);
    expect((await inject({ url, headers: { ...auth, 'x-api-key': ADMIN_KEY } })).status).toBe(200);
    const two = await inject({ url, headers: { ...auth, 'x-api-key': 'other' } });
    expect([two.status, two.body.type]).toEqual([400, 'urn:sluice:two_credentials']);
  });

  it('gives every role exactly its operations', async () => {
    const made = await Promise.all(
      ROLES.map(async (role) => (await rig.call('POST', '/keys', { name: role, role })).body),
    );
    // A stream of events does not end, a chat key is for sessions alone; their own tests have their roles.
    const ending = Object.values<Operation>(OPERATIONS).filter(
      ({ path }) => path !== '/live' && path !== '/session/chat-key',
    );
    for (const operation of ending) {
      for (const [i, role] of ROLES.entries()) {
        const url = `/admin/v1${operation.path.replace('{id}', 'none')}`;
        const headers = { authorization: `Bearer ${made[i].key}` };
        const { status } = await inject({ method: operation.method, url, headers });
        expect(status === 403, `${role} ${operation.method} ${operation.path}`).toBe(
          !allows(role, operation.role),
        );
      }
    }
  });
});

describe('faults', () => {
  const post = (payload: string | Buffer, headers: object = { 'content-type': 'application/json' }) =>
    inject({ method: 'POST', url: '/admin/v1/models', headers: { ...auth, ...headers }, payload });

  it.each<[string, string | Buffer, object | undefined, number, string]>([
    ['bad JSON', '{"id": ', undefined, 400, 'bad_json'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined, 400, 'bad_json'],
    ['a NUL byte', '{"id":"a\u0000"}', undefined, 400, 'bad_json'],
    ['a list', '[]', undefined, 400, 'invalid'],
    ['no body', '', undefined, 400, 'invalid'],
    ['a depth of 10,000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, undefined, 400, 'invalid'],
    ['a reserved name', '{"__proto__":{"role":"admin"}}', undefined, 400, 'invalid'],
    ['a body over 8 MiB', `"${'x'.repeat(8_388_609)}"`, undefined, 413, 'body_too_large'],
    ['another media type', '<x/>', { 'content-type': 'application/xml' }, 415, 'unsupported_media_type'],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      '{}',
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      415,
      'unsupported_media_type',
    ],
  ])('answers %s with a problem document', async (_name, payload, headers, status, type) => {
    const answer = await post(payload, headers);
    expect([answer.status, answer.body.type, answer.body.status]).toEqual([
      status,
      `urn:sluice:${type}`,
      status,
    ]);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body.detail.length).toBeGreaterThan(10);
    expect(answer.body.errors).toBeInstanceOf(Array);
  });

  it('reads what curl sends without a word about its type', async () => {
    const body = JSON.stringify({ id: 'a', protocol: 'ollama', base_url: 'http://h', upstream_model: 'm' });
    expect((await post(body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(201);
    expect((await post(body.replace('"a"', '"b"'), {})).status).toBe(201);
  });

  it('names the methods of a path that takes others', async () => {
    const answer = await rig.call('DELETE', '/models');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
    expect((await rig.call('GET', '/modls')).status).toBe(404);
  });

  it.each([
    ['/models?limt=5', 'limt', 'did you mean "limit"'],
    ['/models?limit=0', 'limit', 'from 1 to 500'],
    ['/models?limit=501', 'limit', 'from 1 to 500'],
    ['/models?limit=five', 'limit', 'whole number'],
    ['/models?limit=1&limit=2', 'limit', 'whole number'],
    ['/config?x=1', 'x', 'not a known field'],
  ])('refuses the query of %s', async (path, field, words) => {
    const { status, body } = await rig.call('GET', path);
    expect([status, body.errors[0].path]).toEqual([400, field]);
    expect(body.errors[0].message).toContain(words);
  });

  it('refuses a body where none is taken', async () => {
    await addModels(rig, 'a', 'b');
    await rig.call('POST', '/routes', pasted());
    expect((await rig.call('POST', '/routes/default/disable', { force: true })).status).toBe(400);
    expect((await rig.call('POST', '/routes/default/disable', {})).status).toBe(200);
  });

  it('tells a stranger nothing about an unexpected error', async () => {
    const broken = await openAdminRig({ checkModel: () => Promise.reject(new Error('secret detail')) });
    await addModels(broken, 'a');
    const { status, body } = await broken.call('POST', '/models/a/check');
    expect([status, body.type]).toEqual([500, 'urn:sluice:internal']);
    expect(JSON.stringify(body)).not.toContain('secret detail');
    expect(broken.internalErrors).toEqual([new Error('secret detail')]);
    await broken.close();
  });
});

describe('cursors', () => {
  it('cannot be made up, changed, or carried to another list', async () => {
    await addModels(rig, 'a', 'b');
    const { next_cursor: cursor } = (await rig.call('GET', '/models?limit=1')).body;
    expect((await rig.call('GET', `/models?cursor=${cursor}`)).body.items).toHaveLength(1);
    const last = cursor.endsWith('A') ? 'B' : 'A';
    for (const [path, forged] of [
      ['/models', 'x'],
      ['/models', ''],
      ['/models', Buffer.from('b').toString('base64url')],
      ['/models', `${cursor.slice(0, -1)}${last}x`],
      ['/models', `${last}${cursor.slice(1)}`],
      ['/routes', cursor],
    ]) {
      const { status, body } = await rig.call('GET', `${path}?cursor=${forged}`);
      expect([forged, status, body.errors?.[0].path]).toEqual([forged, 400, 'cursor']);
    }
  });
});

describe('versions of resources', () => {
  it('guard changes through If-Match', async () => {
    await addModels(rig, 'a');
    const patch = (etag: string) => rig.call('PATCH', '/models/a', { name: etag }, { 'if-match': etag });
    expect((await patch('"1"')).headers.etag).toBe('"2"');
    expect((await patch('"1"')).status).toBe(412);
    expect((await patch('W/"2"')).status).toBe(200);
    expect((await patch('*')).status).toBe(200);
    expect((await patch('"x"')).body.errors[0].path).toBe('If-Match');
    expect((await rig.call('DELETE', '/models/a', undefined, { 'if-match': '"1"' })).status).toBe(412);
  });

  it('let one of many racing changes win, and lose none', async () => {
    await addModels(rig, 'a');
    const racing = Array.from({ length: 50 }, (_, i) =>
      rig.call('PATCH', '/models/a', { name: `n${i}` }, { 'if-match': '"1"' }),
    );
    const statuses = (await Promise.all(racing)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(49);
    expect((await rig.call('GET', '/models/a')).body.version).toBe(2);
  });
});

describe('audit', () => {
  it('tells who changed what, from where, and through which request', async () => {
    await addModels(rig, 'a', 'b');
    await rig.call('POST', '/routes', pasted());
    const { body: key } = await rig.call('POST', '/keys', { name: 'Ann', role: 'operator' });
    await rig.call('POST', '/routes/default/disable', undefined, { authorization: `Bearer ${key.key}` });
    const { body } = await rig.call('GET', '/audit?limit=1');
    expect(body.items).toEqual([
      {
        id: 6,
        at: expect.stringMatching(/^2025-06-01T/),
        actor: key.id,
        actor_name: 'Ann',
        role: 'operator',
        ip: '127.0.0.1',
        action: 'routes.disable',
        resource: 'routes/default',
        before: { enabled: true },
        after: { enabled: false },
        request_id: expect.any(String),
        config_version: 4,
      },
    ]);
  });

  it('knows nothing of changes that were refused', async () => {
    const before = (await rig.call('GET', '/audit')).body.items.length;
    await rig.call('POST', '/routes', pasted());
    await rig.call('PATCH', '/models/none', {});
    expect((await rig.call('GET', '/audit')).body.items).toHaveLength(before);
  });
});
