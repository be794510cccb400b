import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createHostGuard, isLoopbackHost } from './guard.ts';

function request(hosts: readonly string[], url = '/v1/chat', method = 'POST'): IncomingMessage {
  const rawHeaders = hosts.flatMap((host, i) => [i % 2 ? 'host' : 'Host', host]);
  return { url, method, rawHeaders, headers: { host: hosts[0] } } as unknown as IncomingMessage;
}

describe('host guard', () => {
  const guard = createHostGuard(['chat.example.com', 'Other.example:8443']);
  it.each([
    ['localhost', null],
    ['LOCALHOST:18789', null],
    ['127.0.0.1:1', null],
    ['[::1]:18789', null],
    ['chat.example.com', null],
    ['chat.example.com:443', null],
    ['other.example:8443', null],
    ['other.example', 'host_not_allowed'],
    ['other.example:1', 'host_not_allowed'],
    ['evil.com', 'host_not_allowed'],
    ['127.0.0.1.evil.com', 'host_not_allowed'],
    ['localhost.evil.com', 'host_not_allowed'],
    ['0.0.0.0', 'host_not_allowed'],
    ['x/?#', 'bad_request'],
    ['user@localhost', 'bad_request'],
    ['localhost:', 'bad_request'],
    ['localhost:123456', 'bad_request'],
    ['', 'bad_request'],
  ])('%s', (host, expected) => {
    expect(guard.check(request([host]))?.code ?? null).toBe(expected);
  });

  it('names the setting', () => {
    const fault = guard.check(request(['evil.com']));
    expect(fault?.message).toContain('--allowed-hosts evil.com');
    expect(fault?.message).toContain('SLUICE_ALLOWED_HOSTS=evil.com');
  });

  it('refuses two Host headers, even equal ones, and whole addresses', () => {
    expect(guard.check(request(['localhost', 'localhost']))?.code).toBe('bad_request');
    expect(guard.check(request(['localhost'], 'http://evil/v1/chat'))?.code).toBe('bad_request');
    expect(guard.check(request(['localhost'], 'evil:443'))?.code).toBe('bad_request');
    expect(guard.check(request(['localhost'], '*', 'OPTIONS'))).toBeNull();
  });

  it('refuses more header lines than any client sends', () => {
    const many = request(['localhost']);
    for (let i = 0; i < 200; i += 1) many.rawHeaders.push(`x-${i}`, 'y');
    expect(guard.check(many)?.code).toBe('bad_request');
  });

  it('lets every name in where that is wanted', () => {
    expect(createHostGuard(['*']).check(request(['evil.com']))).toBeNull();
    expect(createHostGuard(['*']).check(request(['x/?#']))?.code).toBe('bad_request');
  });

  it('knows loopback by the whole name', () => {
    expect(['localhost:1', '127.0.0.1', '[::1]'].every(isLoopbackHost)).toBe(true);
    expect(['127.evil.com', 'localhost.evil', '128.0.0.1', ''].some(isLoopbackHost)).toBe(false);
  });
});
