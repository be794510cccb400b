import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSecretBox, loadMasterKey } from './secret-box.ts';

const PLACE = { kind: 'model', id: 'a', field: 'api_key' };
const box = createSecretBox({ masterKey: Buffer.from('one master key of some length') });
const other = createSecretBox({ masterKey: Buffer.from('another master key of a length') });
const folder = mkdtempSync(join(tmpdir(), 'sluice-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('createSecretBox', () => {
  it.each(['', 'sk-1', 'schlüssel 密钥 🔑', 'x'.repeat(10_000)])('opens what it sealed: %.20s', (text) => {
    expect(box.open(box.seal(text, PLACE), PLACE)).toBe(text);
  });

  it('never seals the same text to the same bytes, and never leaves the text in them', () => {
    const one = Buffer.from(box.seal('sk-very-secret', PLACE).bytes);
    expect(one.equals(Buffer.from(box.seal('sk-very-secret', PLACE).bytes))).toBe(false);
    expect(one.includes('very-secret')).toBe(false);
  });

  it('refuses a ciphertext that was moved, also where ids hold the separator', () => {
    const sealed = box.seal('x', { kind: 'model', id: 'a:b', field: 'c' });
    expect(() => box.open(sealed, { kind: 'model', id: 'a', field: 'b:c' })).toThrow(/damaged or was moved/);
  });

  it('refuses every changed byte', () => {
    const { keyId, bytes } = box.seal('secret', PLACE);
    for (let i = 0; i < bytes.length; i++) {
      const changed = Uint8Array.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => box.open({ keyId, bytes: changed }, PLACE), `byte ${i}`).toThrow(/damaged/);
    }
    expect(() => box.open({ keyId, bytes: bytes.slice(0, 20) }, PLACE)).toThrow();
  });

  it('names both keys when the master key is another one', () => {
    expect(() => other.open(box.seal('x', PLACE), PLACE)).toThrow(
      new RegExp(`master key ${box.keyId}, the present one is ${other.keyId}; set SLUICE_SECRET_KEY`),
    );
  });

  it('digests the same text alike, and otherwise by purpose and by master key', () => {
    const digest = box.digest('access_key', 'k');
    expect(digest).toHaveLength(32);
    expect(box.digest('access_key', 'k')).toEqual(digest);
    expect(box.digest('cursor', 'k')).not.toEqual(digest);
    expect(other.digest('access_key', 'k')).not.toEqual(digest);
  });

  it('makes secrets of 256 bits', () => {
    expect(box.freshSecret()).toMatch(/^[\w-]{43}$/);
    expect(box.freshSecret()).not.toBe(box.freshSecret());
  });
});

describe('loadMasterKey', () => {
  it('makes the file once, for its owner only, and reads it ever after', () => {
    const path = join(folder, 'data.key');
    const key = loadMasterKey({ given: undefined, path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8').trim()).toMatch(/^[0-9a-f]{64}$/);
    expect(loadMasterKey({ given: '', path })).toEqual(key);
  });

  it('prefers the key that is given, and refuses a short one', () => {
    const path = join(folder, 'unused.key');
    expect(loadMasterKey({ given: 'a key of 16 chars', path }).toString()).toBe('a key of 16 chars');
    expect(() => loadMasterKey({ given: 'short', path })).toThrow(/SLUICE_SECRET_KEY must have 16/);
  });
});
