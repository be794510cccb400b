import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { gatewayAddress, httpUrl, readEnvironment, serverOptions } from './options.ts';

const none = readEnvironment({});
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function dataFolder(key: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-options-'));
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'admin.key'), key);
  return folder;
}

describe('serverOptions', () => {
  it('has a default for everything', () => {
    expect(serverOptions({}, none)).toEqual({
      host: '127.0.0.1',
      port: 18789,
      dataDir: resolve('data'),
      configFile: null,
      allowedHosts: [],
      adminKey: null,
      secretKey: null,
      logLevel: 'info',
    });
  });

  const variables = {
    SLUICE_HOST: '0.0.0.0',
    SLUICE_PORT: '8000',
    SLUICE_DATA: '/env/data',
    SLUICE_CONFIG: '/env/config.json',
    SLUICE_ALLOWED_HOSTS: 'a.example, b.example,',
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_ADMIN_KEY: 'admin',
    SLUICE_SECRET_KEY: 'secret',
  };
  it('prefers the environment to the default', () => {
    expect(serverOptions({}, readEnvironment(variables))).toEqual({
      host: '0.0.0.0',
      port: 8000,
      dataDir: '/env/data',
      configFile: '/env/config.json',
      allowedHosts: ['a.example', 'b.example'],
      adminKey: 'admin',
      secretKey: 'secret',
      logLevel: 'warn',
    });
  });

  it('prefers the flag to the environment', () => {
    const flags = {
      host: '::1',
      port: 0,
      data: '/f',
      config: '/f.json',
      allowedHosts: 'c',
      logLevel: 'debug',
    };
    expect(serverOptions(flags, readEnvironment(variables))).toMatchObject({
      host: '::1',
      port: 0,
      dataDir: '/f',
      configFile: '/f.json',
      allowedHosts: ['c'],
      logLevel: 'debug',
    });
  });

  it('counts an empty variable as unset', () => {
    expect(serverOptions({}, readEnvironment({ SLUICE_PORT: '', SLUICE_HOST: '' })).port).toBe(18789);
  });

  it.each([
    [{ SLUICE_PORT: '65536' }, 'SLUICE_PORT is "65536"'],
    [{ SLUICE_PORT: '80a' }, 'SLUICE_PORT is "80a"'],
    [{ SLUICE_LOG_LEVEL: 'loud' }, '"loud" is not a log level'],
  ])('refuses %j as wrong usage', (bad, message) => {
    expect(() => serverOptions({}, readEnvironment(bad))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), exitCode: 2 }),
    );
  });
});

describe('gatewayAddress', () => {
  it('takes the key from the flag, else the environment, else the key file', () => {
    const SLUICE_DATA = dataFolder('from-file\n');
    const both = readEnvironment({ SLUICE_DATA, SLUICE_ADMIN_KEY: 'from-env' });
    expect(gatewayAddress({ key: 'from-flag' }, both)).toMatchObject({
      key: 'from-flag',
      keySource: '--key',
    });
    expect(gatewayAddress({}, both)).toMatchObject({ key: 'from-env', keySource: 'SLUICE_ADMIN_KEY' });
    const file = readEnvironment({ SLUICE_DATA });
    expect(gatewayAddress({}, file)).toMatchObject({
      key: 'from-file',
      keySource: join(SLUICE_DATA, 'admin.key'),
    });
  });

  it('has no key where there is none, and says where it looked', () => {
    const nowhere = readEnvironment({ SLUICE_DATA: '/nowhere' });
    expect(gatewayAddress({}, nowhere)).toMatchObject({ key: null, keySource: '/nowhere/admin.key' });
  });

  it('takes the address from the flag, else the environment, else the default', () => {
    const environment = readEnvironment({ SLUICE_URL: 'http://env:1/' });
    expect(gatewayAddress({ url: 'flag:2' }, environment).url).toBe('http://flag:2');
    expect(gatewayAddress({}, environment).url).toBe('http://env:1');
    expect(gatewayAddress({}, none).url).toBe('http://127.0.0.1:18789');
  });
});

describe('httpUrl', () => {
  it.each([
    ['127.0.0.1:18789', 'http://127.0.0.1:18789'],
    ['https://a.example/prefix/', 'https://a.example/prefix'],
    ['localhost:11434', 'http://localhost:11434'],
  ])('reads %s', (text, url) => {
    expect(httpUrl(text)).toBe(url);
  });

  it.each(['ftp://a', 'http://', 'a b', 'file:///etc/passwd'])('refuses %s', (text) => {
    expect(() => httpUrl(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
