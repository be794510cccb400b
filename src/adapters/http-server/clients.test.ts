import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRaw, type RawClient } from '../../../test/support/raw-http.ts';
import type { Client } from '../../ports/client.ts';
import { NodeClient } from './node-client.ts';
import { openPlainLane } from './plain-lane.ts';

type Serve = (client: Client) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Serves on one lane or the other; `/odd` is no target of the plain one. */
async function listen(lane: 'plain' | 'node', serve: Serve): Promise<{ port: number; server: Server }> {
  const server = createServer((req, res) => serve(new NodeClient(req, res)));
  const plain = lane === 'plain' ? openPlainLane({ server, takes: (url) => url !== '/odd', serve }) : null;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    plain?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server };
}

const post = (text: string, head = ''): Buffer => {
  const lines = `POST /chat HTTP/1.1\r\nHost: h\r\n${head}Content-Length: ${Buffer.byteLength(text)}`;
  return Buffer.from(`${lines}\r\n\r\n${text}`);
};
const HEADERS = ['Content-Type', 'text/plain', 'X-Name', 'v\u00e4lue'];
/** Answers with what it got. */
const echo: Serve = (client) =>
  client.readBody(
    1_000_000,
    (body) => client.answer(200, HEADERS, body),
    () => client.answer(413, [], Buffer.from('too large')),
  );
const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;
const until = (raw: RawClient, end: string) => raw.until((got) => got.toString('latin1').endsWith(end));

describe.each(['plain', 'node'] as const)('a client on the %s lane', (lane) => {
  it('gets a whole answer', async () => {
    const { port } = await listen(lane, echo);
    const raw = await openRaw(port);
    raw.send(post('用户 asks'));
    const { status, headers, body } = await raw.answer();
    expect([status, body.toString()]).toEqual([200, '用户 asks']);
    expect(headers.get('content-length')).toBe('11');
    expect(headers.get('x-name')).toBe('v\u00e4lue');
    expect(headers.get('connection')).toBe('keep-alive');
    expect(Date.parse(headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 5_000);
    raw.destroy();
  });

  it('gets an answer in parts, small and large, byte for byte', async () => {
    const parts = ['one', '字'.repeat(9), 'x'.repeat(20_000), '', 'end'].map((part) => Buffer.from(part));
    const { port } = await listen(lane, (client) => {
      client.readBody(
        9,
        () => {
          client.begin(200, HEADERS, Buffer.from('first'));
          for (const part of parts) client.write(part);
          client.end();
        },
        () => {},
      );
    });
    const raw = await openRaw(port);
    raw.send(post('{}'));
    const answer = await raw.answer();
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.body.equals(Buffer.concat([Buffer.from('first'), ...parts]))).toBe(true);
    raw.destroy();
  });

  it('may ask again, and ahead of its turn, on one connection', async () => {
    const { port } = await listen(lane, (client) =>
      client.readBody(
        99,
        (body) => setTimeout(() => client.answer(200, [], body), 5 - Number(body.toString())),
        () => {},
      ),
    );
    const raw = await openRaw(port);
    raw.send(Buffer.concat([post('1'), post('2'), post('3')]));
    const got = await until(raw, '3');
    expect(got.toString().match(/\r\n\r\n./g)).toEqual(['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n3']);
    raw.send(post('4'));
    expect(answersIn((await until(raw, '\r\n\r\n4')).toString())).toBe(4);
    raw.destroy();
  });

  it('is told when the connection ends with the answer', async () => {
    const { port } = await listen(lane, (client) =>
      client.answer(200, ['Connection', 'close'], Buffer.from('bye')),
    );
    const raw = await openRaw(port);
    raw.send(post(''));
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
    expect((await raw.answer()).headers.get('connection')).toBe('close');
  });

  it('is read however its bytes are cut', async () => {
    const { port } = await listen(lane, echo);
    const wire = Buffer.concat([post('你好'), post('', 'X-A: 1\r\n'), post('abc')]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(wire.length), { maxLength: 5 }), async (cuts) => {
        const raw = await openRaw(port);
        let from = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), wire.length]) {
          raw.send(wire.subarray(from, cut));
          from = cut;
          await new Promise(setImmediate);
        }
        const got = (await until(raw, '\r\n\r\nabc')).toString();
        expect([answersIn(got), got.includes('\r\n\r\n你好HTTP')]).toEqual([3, true]);
        raw.destroy();
      }),
      { numRuns: 60 },
    );
  });

  it('is refused a body over the limit as soon as it is announced, and asks on', async () => {
    const { port } = await listen(lane, (client) =>
      client.readBody(
        10,
        (body) => client.answer(200, [], body),
        () => client.answer(413, [], Buffer.from('too large')),
      ),
    );
    const raw = await openRaw(port);
    raw.send(post('x'.repeat(100_000)).subarray(0, 200));
    await until(raw, 'too large');
    raw.send('x'.repeat(100_000 - 200 + post('x'.repeat(100_000)).indexOf('xxx')));
    raw.send(post('small'));
    const got = (await until(raw, 'small')).toString();
    expect(got.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    raw.destroy();
  });

  it('may be answered before its body has come; the rest is let go', async () => {
    const { port } = await listen(lane, (client) => client.answer(401, [], Buffer.from('no')));
    const raw = await openRaw(port);
    const wire = post('y'.repeat(50_000));
    raw.send(wire.subarray(0, 1_000));
    await until(raw, 'no');
    raw.send(wire.subarray(1_000));
    raw.send(post('again'));
    await raw.until((got) => answersIn(got.toString()) === 2);
    raw.destroy();
  });

  it('is heard to leave, once, whenever it does', async () => {
    const closes: boolean[] = [];
    let served = 0;
    const { port } = await listen(lane, (client) => {
      served += 1;
      client.onClose(() => closes.push(client.isGone));
      client.readBody(
        99,
        (body) => {
          if (body.toString() === 'stream') client.begin(200, [], Buffer.from('a'));
        },
        () => {},
      );
    });
    const wires = [post('silent'), post('stream'), post('body').subarray(0, -2)];
    for (const wire of wires) {
      const raw = await openRaw(port);
      raw.send(wire);
      await vi.waitFor(() => expect(served).toBe(closes.length + 1));
      raw.destroy();
      await vi.waitFor(() => expect(closes).toHaveLength(served));
    }
    expect(closes).toEqual([true, true, true]);
  });

  it('is heard to have got all of its answer, once', async () => {
    let closes = 0;
    const { port } = await listen(lane, (client) => {
      client.onClose(() => {
        closes += 1;
      });
      echo(client);
    });
    const raw = await openRaw(port);
    raw.send(post('x'));
    await raw.answer();
    await vi.waitFor(() => expect(closes).toBe(1));
    raw.destroy();
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
    expect(closes).toBe(1);
  });

  it('that does not read holds the writer back until it does', async () => {
    const seen: string[] = [];
    const part = Buffer.alloc(256 * 1024, 'z');
    const { port } = await listen(lane, (client) => {
      const pump = (): void => {
        if (seen.length > 200) client.end();
        else if (client.write(part)) setImmediate(pump);
        else {
          seen.push('full');
          client.onDrain(() => {
            seen.push('drained');
            pump();
          });
        }
      };
      client.begin(200, [], part);
      pump();
    });
    const raw = await openRaw(port);
    raw.socket.pause();
    raw.send(post(''));
    await vi.waitFor(() => expect(seen.at(-1)).toBe('full'), { timeout: 3_000 });
    const held = seen.length;
    raw.socket.resume();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(held + 2));
    raw.destroy();
  });

  it('can be cut off', async () => {
    const { port } = await listen(lane, (client) => client.destroy());
    const raw = await openRaw(port);
    raw.send(post('x'));
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
  });
});

describe('the plain lane', () => {
  const lanes = async (): Promise<{ port: number; server: Server; seen: string[] }> => {
    const seen: string[] = [];
    const serve: Serve = (client) => {
      seen.push(client instanceof NodeClient ? 'node' : 'plain');
      echo(client);
    };
    return { ...(await listen('plain', serve)), seen };
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
