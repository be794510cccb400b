import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { configStoreConformance } from '../../ports/conformance/config-store.ts';
import { openConfigStore } from './config-store.ts';
import { migrate } from './migrate.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
let files = 0;
const nextFile = (): string => join(folder, `${files++}.sqlite`);
afterAll(() => rmSync(folder, { recursive: true }));

const kept = (keptVersions: number | undefined) => (keptVersions === undefined ? {} : { keptVersions });
configStoreConformance({
  name: 'SQLite in memory',
  make: (keptVersions) => openConfigStore({ path: ':memory:', ...kept(keptVersions) }),
});
configStoreConformance({
  name: 'SQLite file',
  make: (keptVersions) => openConfigStore({ path: nextFile(), ...kept(keptVersions) }),
});

/** Commits as fast as it can: two routes a version, one key a version; prints each number when its commit is done. */
const WRITER = `
  import { openConfigStore } from '${new URL('./config-store.ts', import.meta.url)}';
  const store = openConfigStore({ path: process.argv[1], keptVersions: 20 });
  const { revision, version } = await store.load();
  const audit = { atMs: 1, actor: 'a', actorName: 'a', role: 'admin', ip: null, action: 'x', resource: 'config',
    before: null, after: null, requestId: null, configVersion: 1 };
  for (let n = 1; ; n++) {
    const number = version + n;
    const put = (id) => ({ kind: 'route', id, version: number, document: { id, number, fill: 'x'.repeat(5000) } });
    await store.commit({
      expectedRevision: revision + n - 1,
      version: { version: number, atMs: 1, actor: 'a', action: 'x', resource: 'config' },
      puts: [put('a'), put('b')],
      keyPuts: [{ id: 'k' + number, name: 'k', role: 'chat', mayOverride: true, digest: 'd' + number, createdAtMs: 1 }],
      audit,
    });
    process.stdout.write(number + '\\n');
  }
`;

describe('a SQLite file', () => {
  it('holds, after kill -9 at any moment, every answered change whole and no half one', async () => {
    const path = nextFile();
    for (let round = 0; round < 8; round++) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let answered = '';
      writer.stdout.setEncoding('utf8').on('data', (text: string) => {
        answered += text;
        if (answered.length > 40 + round * 37) writer.kill('SIGKILL');
      });
      await once(writer, 'close');
      const lastAnswered = Number(answered.slice(0, answered.lastIndexOf('\n')).split('\n').at(-1));

      const store = openConfigStore({ path });
      const { version, revision, resources, keys } = await store.load();
      expect(version).toBeGreaterThanOrEqual(lastAnswered);
      expect(revision).toBe(version);
      expect(resources.map((resource) => [resource.id, resource.version])).toEqual([
        ['a', version],
        ['b', version],
      ]);
      expect(keys).toHaveLength(version);
      expect(await store.audit({ before: null, limit: 1 })).toMatchObject([{ id: version }]);
      await store.close();
    }
  });

  it('holds a large field once, through versions that share it, and as long as one does', async () => {
    const path = nextFile();
    const store = openConfigStore({ path, keptVersions: 3 });
    const database = new DatabaseSync(path);
    const parts = () => database.prepare('SELECT count(*) AS n FROM part').get()?.n;
    const long = Array.from({ length: 2_000 }, (_, i) => `uid_${i}`);
    let number = 0;
    const commit = (document: object) => {
      const version = ++number;
      const what = { atMs: 1, actor: 'a', action: 'x', resource: 'routes/r' };
      const who = { actorName: 'a', role: 'admin', ip: null, requestId: null, configVersion: version };
      return store.commit({
        expectedRevision: version - 1,
        version: { ...what, version },
        puts: [{ kind: 'route', id: 'r', version, document }],
        audit: { ...what, ...who, before: null, after: null },
      });
    };
    const copy = (enabled: boolean) => ({ id: 'r', users: [...long], enabled, text: 'é'.repeat(5_000) });
    await commit({ id: 'r', users: long, enabled: true, text: 'é'.repeat(5_000) });
    await commit({ id: 'r', users: long, enabled: false, text: 'é'.repeat(5_000) });
    await commit(copy(true));
    expect(parts()).toBe(2);
    expect((await store.load()).resources[0]?.document).toEqual(copy(true));
    expect(Object.keys((await store.resourcesAt(2))?.[0]?.document ?? {})).toEqual(Object.keys(copy(true)));
    for (let i = 0; i < 3; i++) await commit({ id: 'r', users: [] });
    expect(parts()).toBe(0);
    await commit({ id: 'r', users: long }); // the same object, whose part is gone
    expect((await store.load()).resources[0]?.document).toEqual({ id: 'r', users: long });
    database.close();
    await store.close();
  });

  it('is refused in one clear line when it is no database, or of a newer Sluice', () => {
    const path = nextFile();
    writeFileSync(path, 'this is no database, whatever its name says'.repeat(30));
    expect(() => openConfigStore({ path })).toThrow(/cannot use .* as a database: file is not a database/);

    const newer = nextFile();
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openConfigStore({ path: newer })).toThrow(/use a newer Sluice/);
  });

  it('migrates forward, each step wholly or not at all', () => {
    const database = new DatabaseSync(':memory:');
    const steps = ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'];
    migrate(database, steps.slice(0, 1));
    expect(() => migrate(database, steps)).toThrow(/already exists/);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'b'").get()).toEqual({
      n: 0,
    });
    database.close();
  });
});
