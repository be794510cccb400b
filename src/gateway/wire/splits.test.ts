import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  type Kind,
  ndjson,
  OLLAMA_END,
  OLLAMA_STREAM,
  OPENAI_STREAM,
  open,
  run,
  said,
  sse,
} from '../../../test/relay-fixture.ts';

describe('any split of the upstream bytes', () => {
  const odd = `\uFEFF: ping\r\n\r\n${OPENAI_STREAM.replaceAll('\n', '\r\n')}`;
  const rows: readonly (readonly [Kind, 'ollama' | 'openai', string])[] = [
    ['tap', 'ollama', OLLAMA_STREAM],
    [
      'tap',
      'ollama',
      ndjson('\0', '{"a', `${JSON.stringify(said({ content: '好' }))}${JSON.stringify(OLLAMA_END)}`),
    ],
    ['tap', 'openai', OPENAI_STREAM],
    ['tap', 'openai', odd],
    ['tap', 'openai', OPENAI_STREAM.replaceAll('\n', '\r')],
    ['usage filter', 'openai', OPENAI_STREAM.replaceAll(']}\n', '],"usage":null}\n')],
    ['usage filter', 'openai', odd.replaceAll(']}\r\n', '],"usage":null}\r\n')],
    ['usage filter', 'openai', OPENAI_STREAM.replaceAll('\n', '\r')],
    ['to openai', 'ollama', OLLAMA_STREAM],
    ['to chat', 'ollama', OLLAMA_STREAM],
    ['to chat', 'openai', OPENAI_STREAM],
    ['to ollama', 'openai', odd],
    ['to ollama', 'openai', `${sse(chunk({ content: 'é' }))}error: {"message":"好"}\n\n`],
    ['to generate', 'openai', OPENAI_STREAM],
  ];

  it.each(rows)(
    '%s from %s: every split in two, and random ones, change nothing',
    (kind, upstream, stream) => {
      const bytes = Buffer.from(stream);
      const expected = run(open(kind, upstream), [bytes]);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(run(open(kind, upstream), [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
      }
      const cuts = fc.array(fc.nat(bytes.length), { maxLength: 40 });
      fc.assert(
        fc.property(cuts, (places) => {
          const ordered = [0, ...places.toSorted((a, b) => a - b), bytes.length];
          const chunks = ordered.slice(1).map((to, i) => bytes.subarray(ordered[i], to));
          expect(run(open(kind, upstream), chunks)).toEqual(expected);
        }),
        { numRuns: 100 },
      );
      expect(
        run(
          open(kind, upstream),
          [...bytes].map((byte) => Buffer.from([byte])),
        ),
      ).toEqual(expected);
    },
  );

  it('a tap gives out any bytes as they came and never throws', () => {
    const soup = fc.array(
      fc.oneof(
        fc.constantFrom(
          'data:',
          'error:',
          '\n',
          '\r',
          '\n\n',
          '{',
          '}',
          '"',
          '[DONE]',
          '{"choices":[]}',
          '\0',
        ),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(soup, fc.constantFrom('ollama' as const, 'openai' as const), (parts, upstream) => {
        const chunks = parts.map((part) => Buffer.from(part));
        const relay = open('tap', upstream);
        for (const piece of chunks) expect(relay.push(piece)).toBe(piece);
        expect(relay.end()).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});
