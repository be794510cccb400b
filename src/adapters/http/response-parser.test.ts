import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';

const MAX_HEAD_BYTES = 1024;

interface Heard {
  heads: ResponseHead[];
  body: string;
  /** `reusable`, `used up` or what is wrong with it; null while the answer goes on. */
  end: string | null;
  closedWell: boolean | null;
}

/** Feeds the pieces, then closes the connection when `closes`. */
function hear(pieces: readonly Buffer[], closes = false): Heard {
  const parts: Buffer[] = [];
  const heard: Heard = { heads: [], body: '', end: null, closedWell: null };
  const note = (end: string): void => {
    expect(heard.end, 'an answer ends once').toBeNull();
    heard.end = end;
  };
  const parser = new ResponseParser(
    {
      onHead: (head) => heard.heads.push(head),
      onBody: (bytes) => parts.push(Buffer.from(bytes)),
      onEnd: (isReusable) => note(isReusable ? 'reusable' : 'used up'),
      onBad: note,
    },
    MAX_HEAD_BYTES,
  );
  for (const piece of pieces) if (heard.end === null) parser.push(piece);
  if (closes) heard.closedWell = parser.finish();
  heard.body = Buffer.concat(parts).toString('utf8');
  return heard;
}

const whole = (text: string): Buffer[] => [Buffer.from(text)];
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n`;
const ANSWERS: readonly (readonly [name: string, text: string, body: string])[] = [
  ['a length', `${OK}Content-Length: 8\r\n\r\n{"甲":1}`.replace('8', '9'), '{"甲":1}'],
  ['no body', `${OK}Content-Length: 0\r\n\r\n`, ''],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
  ['chunks', `${CHUNKED}4\r\nabcd\r\nA\r\n0123456789\r\n0\r\n\r\n`, 'abcd0123456789'],
  [
    'extensions and trailers',
    `${CHUNKED}4;x="y"\r\nabcd\r\n1 \r\ne\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n`,
    'abcde',
  ],
  [
    'interim answers first',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    'hi',
  ],
];

describe('a good answer', () => {
  it.each(ANSWERS)('with %s', (_name, text, body) => {
    const heard = hear(whole(text));
    expect(heard).toMatchObject({ body, end: 'reusable' });
    expect(heard.heads).toHaveLength(1);
  });

  it.each(ANSWERS)('with %s reads the same however it is cut', (_name, text) => {
    const bytes = Buffer.from(text);
    const expected = hear([bytes]);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(hear([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(expected);
    }
    expect(hear([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('of any chunks in any pieces gives the same bytes', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(
        fc.array(chunk),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (chunks, sizes) => {
          const framed = chunks.flatMap((bytes) => [
            Buffer.from(`${bytes.length.toString(16)}\r\n`),
            Buffer.from(bytes),
            Buffer.from('\r\n'),
          ]);
          const all = Buffer.concat([Buffer.from(CHUNKED), ...framed, Buffer.from('0\r\n\r\n')]);
          const pieces: Buffer[] = [];
          for (let at = 0, i = 0; at < all.length; i += 1) {
            const size = sizes[i % sizes.length] ?? 1;
            pieces.push(all.subarray(at, at + size));
            at += size;
          }
          const heard = hear(pieces);
          expect(heard.end).toBe('reusable');
          expect(heard.body).toBe(Buffer.concat(chunks).toString('utf8'));
        },
      ),
    );
  });
});

describe('the end of an answer', () => {
  it('without a length is the end of the connection', () => {
    const heard = hear([...whole(`${OK}\r\n`), ...whole('abc'), ...whole('def')], true);
    expect(heard).toMatchObject({ body: 'abcdef', end: 'used up', closedWell: true });
  });

  it.each([
    ['in its head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['in a body of known length', `${OK}Content-Length: 5\r\n\r\nabc`],
    ['in a chunk', `${CHUNKED}5\r\nabc`],
    ['before the last chunk', `${CHUNKED}3\r\nabc\r\n`],
    ['in its trailers', `${CHUNKED}0\r\nX: 1\r\n`],
  ])('is none when the connection closes %s', (_name, text) => {
    expect(hear(whole(text), true)).toMatchObject({ end: null, closedWell: false });
  });

  it.each([
    ['bytes behind it', `${OK}Content-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n`],
    ['Connection: close', `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nhi`],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
  ])('uses the connection up: %s', (_name, text) => {
    expect(hear(whole(text))).toMatchObject({ body: 'hi', end: 'used up' });
  });
});

describe('what is refused', () => {
  const long = 'x'.repeat(9 * 1024);
  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', /does not begin like HTTP/],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', /does not begin like HTTP|status line/],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /status line/],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /another protocol/],
    [
      'a length and chunks',
      `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi`,
      /both a length and chunks/,
    ],
    ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`, /two lengths/],
    ['a list of lengths', `${OK}Content-Length: 2, 2\r\n\r\nhi`, /not a number/],
    ['a negative length', `${OK}Content-Length: -1\r\n\r\n`, /not a number/],
    ['an encoding on top of chunks', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, /Transfer-Encoding/],
    [
      'two encodings',
      `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
      /two Transfer/,
    ],
    ['a space before the colon', `${OK}Content-Length : 2\r\n\r\nhi`, /no name/],
    ['a folded line', `${OK}X: 1\r\n more\r\n\r\n`, /no name/],
    ['a head without end', `${OK}X: ${'x'.repeat(2 * MAX_HEAD_BYTES)}`, /larger than 1024/],
    ['no chunk length', `${CHUNKED}\r\nabc`, /begin with its length/],
    ['a chunk length that is no number', `${CHUNKED}3x\r\nabc`, /not a number/],
    ['a chunk length with a sign', `${CHUNKED}-1\r\n`, /begin with its length/],
    ['a chunk length without end', `${CHUNKED}000000001\r\na`, /too many digits/],
    ['a chunk longer than it said', `${CHUNKED}3\r\nabcd\r\n`, /longer than it said/],
    ['a lone LF between chunks', `${CHUNKED}3\nabc`, /CR LF/],
    ['a lone CR between chunks', `${CHUNKED}3\rabc`, /lone CR/],
    ['endless extensions', `${CHUNKED}3;${long}`, /too long/],
    ['endless trailers', `${CHUNKED}0\r\nX: ${long}`, /too long/],
  ])('%s', (_name, text, says) => {
    const heard = hear(whole(text));
    expect(heard.end).toMatch(says);
    const bytes = Buffer.from(text);
    const cut = hear([...bytes].map((byte) => Buffer.from([byte])));
    expect(cut.end, 'also byte by byte').toMatch(says);
  });

  it('anything at all without throwing, and ends at most once', () => {
    const text = fc.string({
      unit: fc.constantFrom('\r', '\n', ' ', ':', ';', '0', '3', 'a', 'X', '\r\n', OK, CHUNKED),
    });
    fc.assert(
      fc.property(text, (garbage) => {
        expect(() => hear([Buffer.from(garbage)], true)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});
