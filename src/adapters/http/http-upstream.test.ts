import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../../test/support/upstream-call.ts';
import type { Upstream } from '../../ports/upstream.ts';
import { createTurn } from '../system/turn.ts';
import { createHttpUpstream } from './http-upstream.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers each request (told by its blank line) by what `answer` writes. */
function raw(answer: (socket: Socket, serial: number) => void): Promise<string> {
  let serial = 0;
  return listen(
    createServer((socket) => {
      closers.push(() => socket.destroy());
      socket.on('error', () => {});
      socket.on('data', (data) => {
        if (!String(data).includes('\r\n\r\n')) return;
        serial += 1;
        answer(socket, serial);
      });
    }),
  );
}

function upstream(): Upstream {
  const made = createHttpUpstream({ turn: createTurn() });
  closers.push(() => made.close());
  return made;
}
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

describe('http upstream', () => {
  it('sends what it is told, under the prefix of the address', async () => {
    let got = '';
    const url = await listen(
      createHttpServer((req, res) => {
        got = `${req.method} ${req.url} ${req.headers.host} ${req.headers['x-a']}`;
        res.writeHead(201, { 'content-type': 'text/plain', 'retry-after': '3' }).end('hello');
      }),
    );
    const port = upstream();
    const seen = await call(port, `${url}/base/v1`, { path: '/chat/completions', headers: ['x-a', 'b'] });
    expect(got).toBe(`POST /base/v1/chat/completions ${url.slice(7)} b`);
    expect(seen).toMatchObject({
      status: 201,
      contentType: 'text/plain',
      retryAfter: '3',
      text: 'hello',
      outcome: 'end',
    });
  });

  it.each([
    ['no piece', []],
    ['small pieces', [1, 2, 3]],
    ['a small one before a large one', [10, 50_000]],
    ['large ones between small ones', [0, 10, 16_384, 1, 300_000, 7, 20_000, 1]],
  ])('sends a body of %s as it is', async (_name, sizes) => {
    let got = Buffer.alloc(0);
    const url = await listen(
      createHttpServer(async (req, res) => {
        got = Buffer.concat(await req.toArray());
        res.end('done');
      }),
    );
    const body = sizes.map((size, index) => Buffer.alloc(size, 65 + index));
    expect(await call(upstream(), url, { body })).toMatchObject({ text: 'done', outcome: 'end' });
    expect(got.equals(Buffer.concat(body))).toBe(true);
  });

  it.each([
    ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}', 'connection_reset'],
    ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}', 'connection_reset'],
    ['nothing', '', 'connection_reset'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'connection_reset'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'invalid_response'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n`, 'invalid_response'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      'invalid_response',
    ],
  ])('names the failure of %s', async (_name, bytes, expected) => {
    const url = await raw((socket) => socket.end(bytes));
    expect((await call(upstream(), url)).outcome).toBe(expected);
  });

  it('names a refused, an unresolvable and an unreachable address', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const port = upstream();
    expect((await call(port, url)).outcome).toBe('connection_refused');
    expect((await call(port, 'http://no-such-host.invalid')).outcome).toBe('connection_refused');
    expect((await call(port, `https${url.slice(4)}`)).outcome).toBe('connection_refused');
  });

  it('ends an answer without a length at the close of its connection', async () => {
    const url = await raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'));
    expect(await call(upstream(), url)).toMatchObject({ text: 'all of it', outcome: 'end' });
  });

  it('uses a connection again, and a new one for each call at the same time', async () => {
    const sockets = new Set<Socket>();
    const url = await raw((socket) => {
      sockets.add(socket);
      setTimeout(() => socket.write(OK), 20);
    });
    const port = upstream();
    await call(port, url);
    await call(port, url);
    expect(sockets.size).toBe(1);
    await Promise.all(Array.from({ length: 5 }, () => call(port, url)));
    expect(sockets.size).toBe(5);
  });

  it('asks again on a new connection when the kept one proves dead', async () => {
    let dead: Socket | null = null;
    const url = await raw((socket, serial) => {
      if (socket === dead) socket.resetAndDestroy();
      else {
        socket.write(OK);
        if (serial === 1) dead = socket;
      }
    });
    const port = upstream();
    expect((await call(port, url)).outcome).toBe('end');
    expect(await call(port, url)).toMatchObject({ outcome: 'end', status: 200 });
  });

  it('asks only once more, and never after an answer has begun', async () => {
    let requests = 0;
    const url = await raw((socket, serial) => {
      requests += 1;
      if (serial === 1) socket.write(OK);
      else socket.resetAndDestroy();
    });
    const port = upstream();
    await call(port, url);
    expect((await call(port, url)).outcome).toBe('connection_reset');
    expect(requests).toBe(3);
    const begun = await raw((socket, serial) => {
      if (serial === 1) socket.write(OK);
      else
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', () =>
          setTimeout(() => socket.resetAndDestroy(), 10),
        );
    });
    await call(port, begun);
    expect(await call(port, begun)).toMatchObject({ outcome: 'connection_reset', text: '{' });
  });

  it('closes at once on abort, with no reconnect and no further word', async () => {
    let opened = 0;
    let closed = 0;
    const url = await listen(
      createServer((socket) => {
        opened += 1;
        socket.on('error', () => {});
        socket.on('close', () => {
          closed += 1;
        });
        socket.on('data', () =>
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'),
        );
      }),
    );
    const port = upstream();
    for (let i = 1; i <= 20; i += 1) {
      let words = 0;
      await new Promise<void>((resolve) => {
        const count = () => {
          words += 1;
        };
        const handle = port.send(
          {
            baseUrl: url,
            path: '/',
            method: 'POST',
            headers: [],
            body: [Buffer.from('{}')],
            connectTimeoutMs: 2_000,
          },
          {
            head: () => {},
            data() {
              handle.abort();
              handle.abort();
              resolve();
            },
            end: count,
            fail: count,
          },
        );
      });
      await vi.waitFor(() => expect(closed).toBe(i));
      expect(words).toBe(0);
    }
    expect(opened).toBe(20);
  });

  it('can be aborted before it is connected', async () => {
    const url = await raw((socket) => socket.write(OK));
    const port = upstream();
    let words = 0;
    const count = () => {
      words += 1;
    };
    const whole = {
      baseUrl: url,
      path: '/',
      method: 'POST',
      headers: [],
      body: null,
      connectTimeoutMs: 2_000,
    } as const;
    port.send(whole, { head: count, data: count, end: count, fail: count }).abort();
    expect((await call(port, url)).outcome).toBe('end');
    expect(words).toBe(0);
  });

  it('holds bytes back while it is paused', async () => {
    const total = 32 * 1024 * 1024;
    let sent = 0;
    const url = await raw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
      const piece = Buffer.alloc(256 * 1024, 0x61);
      const pump = (): void => {
        while (sent < total) {
          sent += piece.length;
          if (!socket.write(piece)) {
            socket.once('drain', pump);
            return;
          }
        }
      };
      pump();
    });
    let got = 0;
    await new Promise<void>((resolve, reject) => {
      let isFirst = true;
      const handle = upstream().send(
        {
          baseUrl: url,
          path: '/',
          method: 'POST',
          headers: [],
          body: [Buffer.from('{}')],
          connectTimeoutMs: 2_000,
        },
        {
          head: () => {},
          data(chunk) {
            got += chunk.length;
            if (!isFirst) return;
            isFirst = false;
            handle.pause();
            setTimeout(() => {
              if (got > 1024 * 1024) reject(new Error(`${got} bytes came while paused`));
              handle.resume();
            }, 100);
          },
          end: resolve,
          fail: (_kind, message) => reject(new Error(message)),
        },
      );
    });
    expect(got).toBe(total);
  });
});
