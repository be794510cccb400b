import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerParser } from './answer-parser.ts';

const inChunks = (pieces: readonly string[]): string =>
  `${pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
const withLength = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('createAnswerParser', () => {
  it.each([
    ['a length', withLength('{"a":1}\n{"b":2}\n'), 200, 2],
    ['no body', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 204, 0],
    ['chunks', CHUNKED + inChunks(['data: 1\n\n', 'data: 2\n\n']), 200, 4],
    ['an error', 'HTTP/1.1 503 Busy\r\ncontent-length: 3\r\n\r\nno\n', 503, 1],
  ])('reads an answer with %s', (_, bytes, status, lines) => {
    const parser = createAnswerParser();
    expect(parser.feed(Buffer.from(bytes))).toBe(true);
    expect(parser).toMatchObject({ status, lines });
  });

  it('counts the same lines however the bytes are split, and ends at the last byte only', () => {
    const pieces = fc.array(fc.constantFrom('{"x":"é"}\n', 'data: {}\n\n', 'no line', '\n'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(400)), (body, cuts) => {
        const bytes = Buffer.from(CHUNKED + inChunks(body));
        const bounds = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const parser = createAnswerParser();
        const ends = bounds.slice(1).map((to, index) => parser.feed(bytes.subarray(bounds[index], to)));
        expect(ends.slice(0, -1)).not.toContain(true);
        expect(ends.at(-1)).toBe(true);
        expect(parser.lines).toBe(body.join('').split('\n').length - 1);
      }),
    );
  });

  it('refuses what is no chunk size', () => {
    expect(() => createAnswerParser().feed(Buffer.from(`${CHUNKED}zz\r\n`))).toThrow('not a chunk size');
  });
});
