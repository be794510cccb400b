import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  ADMIN_KEY,
  type AdminRig,
  addModels,
  modelInput,
  openAdminRig,
  pasted,
} from '../../../test/support/admin-rig.ts';
import { openConfigStore } from '../../adapters/sqlite/config-store.ts';
import { createSecretBox } from '../../adapters/system/secret-box.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const open: AdminRig[] = [];
const openRig = async (...args: Parameters<typeof openAdminRig>): Promise<AdminRig> => {
  const rig = await openAdminRig(...args);
  open.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('keys', () => {
  it('are shown once, work at once, and stop at once', async () => {
    const rig = await openRig();
    const { status, body } = await rig.call('POST', '/keys', { name: 'bot', role: 'chat' });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^sluice_[a-z0-9]+_[\w-]{43}$/);
    expect(rig.control.access.find(body.key)).toEqual({
      credentialId: body.id,
      name: 'bot',
      role: 'chat',
      mayOverride: true,
    });
    const lists = [await rig.call('GET', '/keys'), await rig.call('GET', '/audit')];
    expect(lists[0]?.body.items).toEqual([
      { id: body.id, name: 'bot', role: 'chat', may_override: true, created_at: body.created_at, version: 1 },
    ]);
    expect(JSON.stringify(lists)).not.toContain(body.key);
    expect(JSON.stringify(await rig.control.core().store.load())).not.toContain(body.key.split('_')[2]);

    await rig.call('DELETE', `/keys/${body.id}`);
    expect(rig.control.access.find(body.key)).toBeNull();
  });

  it('may be made without the right to name models', async () => {
    const rig = await openRig();
    const { body } = await rig.call('POST', '/keys', { name: 'x', role: 'viewer', may_override: false });
    expect(rig.control.access.find(body.key)?.mayOverride).toBe(false);
  });

  it('leave no trace when they are wrong', async () => {
    const rig = await openRig();
    const { store } = rig.control.core();
    const before = await store.load();
    for (let i = 0; i < 500; i++) expect(rig.control.access.find(`sluice_x_${i}`)).toBeNull();
    for (const odd of ['', ' ', 'x'.repeat(600), '\u0000', ADMIN_KEY.slice(1)]) {
      expect(rig.control.access.find(odd)).toBeNull();
    }
    expect(await store.load()).toEqual(before);
    expect(await store.audit({ before: null, limit: 9 })).toHaveLength(1); // the start of a new store
  });

  it('make no configuration version', async () => {
    const rig = await openRig();
    const { body } = await rig.call('POST', '/keys', { name: 'x', role: 'admin' });
    expect(body.config_version).toBe(0);
    expect((await rig.call('GET', '/audit')).body.items[0]).toMatchObject({
      action: 'keys.create',
      resource: `keys/${body.id}`,
      before: null,
      after: { id: body.id, role: 'admin' },
    });
  });
});

describe('the first admin key', () => {
  it('is made when there is no way in, once', async () => {
    const path = join(folder, 'first.sqlite');
    const first = await openAdminRig({ store: openConfigStore({ path }), adminKey: null });
    const key = first.madeAdminKey ?? '';
    expect(first.control.access.find(key)?.role).toBe('admin');
    const [id] = first.control.core().door.state().keys.keys();
    const last = await first.call('DELETE', `/keys/${id}`, undefined, bearer(key));
    expect([last.status, last.body.type]).toEqual([409, 'urn:sluice:last_admin']);
    await first.close();

    const second = await openRig({ store: openConfigStore({ path }), adminKey: null });
    expect(second.madeAdminKey).toBeNull();
    expect(second.control.access.find(key)?.role).toBe('admin');
  });

  it('is not made when one is given, and then every stored one may go', async () => {
    const rig = await openRig();
    expect(rig.madeAdminKey).toBeNull();
    expect(rig.control.access.find(ADMIN_KEY)).toMatchObject({
      credentialId: 'admin',
      role: 'admin',
      mayOverride: true,
    });
    const { body } = await rig.call('POST', '/keys', { name: 'x', role: 'admin' });
    expect((await rig.call('DELETE', `/keys/${body.id}`)).status).toBe(200);
  });

  it.each(['short', 'with a blank', 'schlüssel-key'])('cannot be %j', async (adminKey) => {
    await expect(openAdminRig({ adminKey })).rejects.toThrow('SLUICE_ADMIN_KEY must be 8 to 512');
  });
});

describe('a restart', () => {
  it('finds everything again', async () => {
    const path = join(folder, 'restart.sqlite');
    const first = await openAdminRig({ store: openConfigStore({ path }) });
    await first.call('POST', '/models', { ...modelInput('a'), api_key: 'sk-upstream' });
    await addModels(first, 'b');
    await first.call('POST', '/routes', { ...pasted(), aliases: ['qwen2:7b'] });
    const { body: made } = await first.call('POST', '/keys', { name: 'bot', role: 'chat' });
    const config = (await first.call('GET', '/config')).body;
    await first.close();

    const second = await openRig({ store: openConfigStore({ path }) });
    expect((await second.call('GET', '/config')).body).toEqual(config);
    expect(second.published.at(-1)?.models.get('a')?.apiKey).toBe('sk-upstream');
    expect(second.published.at(-1)?.routesByName.has('qwen2:7b')).toBe(true);
    expect(second.control.access.find(made.key)?.name).toBe('bot');
  });

  it('with another master key is refused in one clear line', async () => {
    const path = join(folder, 'master.sqlite');
    await (await openAdminRig({ store: openConfigStore({ path }) })).close();
    const secretBox = createSecretBox({ masterKey: Buffer.from('quite another master key') });
    const store = openConfigStore({ path });
    await expect(openAdminRig({ store, secretBox })).rejects.toThrow(
      /made with master key .*SLUICE_SECRET_KEY/,
    );
    await store.close();
  });
});
