import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataFolder, readAdminKey, writeAdminKey } from './data-folder.ts';
import { StartError } from './start-error.ts';

const home = mkdtempSync(join(tmpdir(), 'sluice-data-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('openDataFolder', () => {
  it('makes what is missing, for this user only', () => {
    const folder = openDataFolder(join(home, 'a', 'b'));
    expect(existsSync(folder.journalFolder)).toBe(true);
    expect(statSync(folder.root).mode & 0o777).toBe(0o700);
    expect(folder.secretKeyFile).toBe(`${folder.root}.key`);
  });

  it('says in one line that a file stands in the way', () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    expect(() => openDataFolder(join(file, 'data'))).toThrow(StartError);
    expect(() => openDataFolder(join(file, 'data'))).toThrow(/cannot be used \(ENOTDIR\).*--data/);
  });

  it.runIf(process.platform === 'linux')('gives up where no folder can be made', () => {
    expect(() => openDataFolder('/proc/sluice/data')).toThrow(/cannot be used \(ENOENT\)/);
  });
});

describe('the admin key file', () => {
  it('is for this user only, and read back as it was written', () => {
    const folder = openDataFolder(join(home, 'keys'));
    expect(readAdminKey(folder)).toBeNull();
    writeAdminKey(folder, 'sluice_abc');
    expect(readAdminKey(folder)).toBe('sluice_abc');
    expect(statSync(folder.adminKeyFile).mode & 0o777).toBe(0o600);
  });
});
