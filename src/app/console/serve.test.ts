import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { openConsoleFiles } from './files.ts';
import { registerConsole } from './serve.ts';

const home = mkdtempSync(join(tmpdir(), 'sluice-console-'));
const folder = join(home, 'console');
mkdirSync(join(folder, 'assets'), { recursive: true });
writeFileSync(join(home, 'secret.json'), '{"secret":true}');
writeFileSync(join(folder, 'index.html'), '<title>page</title>');
writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'plain');
writeFileSync(join(folder, 'assets', 'index-1a2b.js.br'), 'as brotli');
writeFileSync(join(folder, 'assets', 'index-1a2b.js.map'), 'sources');
afterAll(() => rmSync(home, { recursive: true }));

const app = Fastify();
registerConsole(app, openConsoleFiles([join(home, 'absent'), folder]));
const get = (url: string, headers = {}) => app.inject({ url, headers });

describe('the console', () => {
  it('sends files with hashed names for ever, packed where the browser can unpack', async () => {
    const plain = await get('/console/assets/index-1a2b.js');
    expect([plain.body, plain.headers['content-type']]).toEqual(['plain', 'text/javascript; charset=utf-8']);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const packed = await get('/console/assets/index-1a2b.js', { 'accept-encoding': 'gzip, br' });
    expect([packed.body, packed.headers['content-encoding']]).toEqual(['as brotli', 'br']);
    const again = await get('/console/assets/index-1a2b.js', { 'if-none-match': plain.headers.etag });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('sends the page for every address that is no file, never kept, under its policy', async () => {
    for (const url of ['/console/', '/console/models/qwen2.5', '/console/index.html']) {
      const { statusCode, body, headers } = await get(url);
      expect([url, statusCode, body]).toEqual([url, 200, '<title>page</title>']);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['content-security-policy']).toContain(
        "default-src 'self'; script-src 'self'; style-src",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await get('/console')).headers.location).toBe('/console/');
  });

  it.each([
    '/console/../secret.json',
    '/console/..%2fsecret.json',
    '/console/%2e%2e/secret.json',
    '/console/assets/..%2f..%2f..%2fsecret.json',
    '/console/assets/index-1a2b.js.map',
    '/console/assets/missing.js',
    '/console//etc/passwd',
    '/console/..%5csecret.json',
  ])('tells nothing of other files: %s', async (url) => {
    const { body, statusCode } = await get(url);
    expect(body).not.toContain('secret":');
    expect([200, 404]).toContain(statusCode);
    if (statusCode === 200) expect(body).toBe('<title>page</title>');
  });

  it('says how to build it where it was not', async () => {
    const bare = Fastify();
    registerConsole(bare, openConsoleFiles([join(home, 'nowhere')]));
    expect((await bare.inject('/console/')).body).toContain('npm run build:console');
  });

  it('is found by who starts after it was built, in a process that is older', () => {
    const late = join(home, 'late');
    expect(openConsoleFiles([late])).toBeNull();
    mkdirSync(late);
    writeFileSync(join(late, 'index.html'), '<title>late</title>');
    expect(openConsoleFiles([late])?.index.plain.toString()).toBe('<title>late</title>');
  });
});
