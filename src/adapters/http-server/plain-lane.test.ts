import type { Server } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeLanes, echo, listenOn, post, type Serve, until } from '../../../test/support/lanes.ts';
import { openRaw } from '../../../test/support/raw-http.ts';
import { NodeClient } from './node-client.ts';

afterEach(closeLanes);

describe('the plain lane', () => {
  const lanes = async (): Promise<{ port: number; server: Server; seen: string[] }> => {
    const seen: string[] = [];
    const serve: Serve = (client) => {
      seen.push(client instanceof NodeClient ? 'node' : 'plain');
      echo(client);
    };
    return { ...(await listenOn('plain', serve)), seen };
  };
  const odd: readonly [string, string][] = [
    ['another target', 'POST /odd HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok'],
    ['another method', 'PUT /chat HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'POST /chat HTTP/1.0\r\nHost: h\r\nContent-Length: 2\r\n\r\nok'],
    [
      'a chunked body',
      'POST /chat HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    [
      'a connection to close',
      'POST /chat HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    ],
    [
      'a repeated header',
      'POST /chat HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok',
    ],
    [
      'an expectation',
      'POST /chat HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok',
    ],
  ];
  it.each(odd)('gives %s to node:http, with the connection', async (_name, wire) => {
    const { port, seen } = await lanes();
    const raw = await openRaw(port);
    raw.send(post('plain'));
    await until(raw, 'plain');
    raw.send(wire);
    expect((await until(raw, 'ok')).toString()).toMatch(/HTTP\/1\.1 200 OK/);
    expect(seen).toEqual(['plain', 'node']);
    raw.destroy();
  });

  const broken: readonly [string, string][] = [
    ['two lengths', 'POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    [
      'length and chunks',
      'POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok',
    ],
    ['a length that is no number', 'POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: +2\r\n\r\nok'],
    ['a space before the colon', 'POST /chat HTTP/1.1\r\nHost : h\r\nContent-Length: 2\r\n\r\nok'],
    ['a folded line', 'POST /chat HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['a NUL', 'POST /chat HTTP/1.1\r\nHost: h\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok'],
    ['a line that ends with LF', 'POST /chat HTTP/1.1\r\nHost: h\nX: a\r\nContent-Length: 2\r\n\r\nok'],
    ['no header at all', 'hello\r\n\r\n'],
    ['a head without end', `POST /chat HTTP/1.1\r\nX: ${'a'.repeat(20_000)}`],
  ];
  it.each(broken)('leaves %s to the judgement of node:http', async (_name, wire) => {
    const { port, seen } = await lanes();
    const raw = await openRaw(port);
    raw.send(wire);
    expect((await raw.until((got) => got.includes('\r\n\r\n'))).toString()).toMatch(/^HTTP\/1\.1 (400|431) /);
    expect(seen).toEqual([]);
    raw.destroy();
  });

  it.each([
    ['a head', 'POST /chat HTTP/1.1\r\nHost:'],
    ['a body', 'POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc'],
  ])('does not wait for %s for ever', async (_name, wire) => {
    const { port, server } = await lanes();
    server.headersTimeout = 100;
    server.requestTimeout = 200;
    const raw = await openRaw(port);
    raw.send(wire);
    const got = await raw.until((bytes) => bytes.includes('\r\n\r\n'));
    expect(got.toString()).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
  });

  it('lets idle connections go', async () => {
    const { port, server } = await lanes();
    server.keepAliveTimeout = 100;
    const raw = await openRaw(port);
    raw.send(post('x'));
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true), { timeout: 4_000 });
  });
});
