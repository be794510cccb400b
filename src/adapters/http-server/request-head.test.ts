import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayBePlain, readPlainHead } from './request-head.ts';

const read = (head: string) => readPlainHead(Buffer.from(head, 'latin1'), head.length);
const LINES = 'POST /v1/chat?x=1 HTTP/1.1\r\nHost: a:1\r\nX-User-Id: \t u\u00fc 1 \t\r\nContent-Length: 12';

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** What `node:http` makes of a head; null when it refuses it. */
let heard: Heard | null = null;
const judge = createServer((req, res) => {
  heard = { method: req.method, url: req.url, headers: { ...req.headers }, rawHeaders: req.rawHeaders };
  res.end();
});
beforeAll(() => new Promise<void>((resolve) => void judge.listen(0, '127.0.0.1', resolve)));
afterAll(
  () =>
    new Promise<void>((resolve) => {
      judge.closeAllConnections();
      judge.close(() => resolve());
    }),
);

function ask(head: string): Promise<Heard | null> {
  heard = null;
  return new Promise((resolve) => {
    const socket = connect((judge.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('data', () => socket.destroy());
    socket.on('close', () => resolve(heard));
    socket.write(Buffer.from(`${head}\r\n\r\n`, 'latin1'));
  });
}

describe('a plain head', () => {
  it('is read as node:http reads it', async () => {
    const head = read(LINES);
    expect(head).toMatchObject({ method: 'POST', url: '/v1/chat?x=1', contentLength: 12 });
    expect(head?.headers['x-user-id']).toBe('u\u00fc 1');
    const other = await ask(LINES);
    expect({ ...head?.headers }).toEqual(other?.headers);
    expect(head?.rawHeaders).toEqual(other?.rawHeaders);
  });

  it('never means something else to node:http, whatever is done to it', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\r',
        '\n',
        '\r\n',
        ' ',
        '\t',
        ':',
        '\0',
        '\u0080',
        '\u00a0',
        '\u007f',
        ',',
        'Content-Length: 3',
      ),
      fc.constantFrom(
        'Transfer-Encoding: chunked\r\n',
        'Host: b\r\n',
        'X-A: 1\r\n',
        '\r\nContent-Length : 1',
        'HTTP/1.1',
      ),
      fc.string({ maxLength: 3, unit: 'binary' }),
    );
    const edit = fc.record({ at: fc.nat(LINES.length), drop: fc.nat(3), piece });
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let text = LINES;
        for (const { at, drop, piece: put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        const end = text.indexOf('\r\n\r\n');
        const head = read(end === -1 ? text : text.slice(0, end));
        if (head === null) return;
        plain += 1;
        const other = await ask(text);
        expect(other).not.toBeNull();
        expect([head.method, head.url]).toEqual([other?.method, other?.url]);
        expect({ ...head.headers }).toEqual(other?.headers);
      }),
      { numRuns: 1_500 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it('is not expected of what begins otherwise or is too long', () => {
    const may = (text: string) => mayBePlain(Buffer.from(text));
    expect([may(''), may('PO'), may('POST /')]).toEqual([true, true, true]);
    expect([may('GET /'), may('PU'), may('\r\nPOST')]).toEqual([false, false, false]);
    expect(may(`POST /${'a'.repeat(17_000)}`)).toBe(false);
  });
});
