import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonList } from './json-list.ts';

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.nat(10 ** 9).map((us) => us / 1000),
  fc.constantFrom(0, 1_750_000_000_000, 1_750_000_000_000.123, 0.1, 123_456_789_012_345),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'req_1', '用户', '"],[\\', '\u007f'),
);
const plain = fc.oneof(number, text, fc.boolean(), fc.constant(null));
const value = fc.oneof(plain, fc.array(plain), fc.dictionary(text, plain));

describe('a list read out of its bytes', () => {
  it('has the values that a parser finds, wherever it stands', () => {
    const list = createJsonList(20);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), fc.nat(9), fc.nat(9), (values, before, after) => {
        const json = Buffer.from(JSON.stringify(values));
        const bytes = Buffer.concat([Buffer.alloc(before, ','), json, Buffer.alloc(after, ' ')]);
        list.open(bytes, before, bytes.length);
        expect(list.count).toBe(values.length);
        for (const [place, one] of (JSON.parse(json.toString()) as unknown[]).entries()) {
          expect(list.value(place)).toEqual(one);
          expect(list.isNull(place)).toBe(one === null);
          expect(list.number(place)).toBe(typeof one === 'number' ? one : null);
          expect(list.boolean(place)).toBe(typeof one === 'boolean' ? one : null);
          expect(list.text(place)).toBe(typeof one === 'string' ? one : null);
          expect(list.is(place, Buffer.from(JSON.stringify(one)))).toBe(true);
          expect(JSON.parse(bytes.toString('utf8', list.start(place), list.end(place)))).toEqual(one);
        }
        expect([list.isNull(values.length), list.text(values.length)]).toEqual([true, null]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells keys and values of an object in turn, and no more than it was made for', () => {
    const head = createJsonList(4);
    const bytes = Buffer.from('{"time_ms":5,"request_id":"a:b","messages":[{"content":"long"}]}');
    head.open(bytes, 0, bytes.length);
    expect(head.count).toBe(4);
    expect([head.text(0), head.number(1), head.text(2), head.text(3)]).toEqual([
      'time_ms',
      5,
      'request_id',
      'a:b',
    ]);
  });
});
