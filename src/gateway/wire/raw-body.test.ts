import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { BODY_LIMITS, readRawBody } from './raw-body.ts';

function faultOf(body: string | Buffer): Fault {
  try {
    readRawBody(Buffer.from(body));
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault');
}

/** `levels` objects and arrays around a value, the outermost an object. */
const nested = (levels: number): string => `{"a":${'['.repeat(levels - 1)}1${']'.repeat(levels - 1)}}`;

describe('readRawBody', () => {
  it('gives the bytes, the parsed form and the places of the top-level members', () => {
    const text = ' { "model" : "m" , "messages":[{"a":"}"}], "n" :\t12345678901234567890 }\n';
    const body = readRawBody(Buffer.from(text));
    expect(body.bytes.toString()).toBe(text);
    expect(body.open).toBe(1);
    expect(body.json.model).toBe('m');
    const values = [...body.spans].map(([key, span]) => [key, text.slice(span.start, span.end)]);
    expect(values).toEqual([
      ['model', '"m"'],
      ['messages', '[{"a":"}"}]'],
      ['n', '12345678901234567890'],
    ]);
  });

  it.each<[name: string, body: string | Buffer, message: RegExp]>([
    ['nothing', '', /the body is empty/],
    ['white space only', ' \n ', /the body is empty/],
    ['a list', '[1]', /must be a JSON object/],
    ['a text', '"x"', /must be a JSON object/],
    ['NUL bytes only', '\0\0', /NUL byte, at byte 0/],
    ['a NUL behind the object', '{}\0', /a NUL byte, at line 1 column 3/],
    ['a NUL inside a text', '{"a":"b\0"}', /a NUL byte, at line 1 column 8/],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /not valid UTF-8/],
    [
      'a word without quotes',
      '{\n "a": secret}',
      /something else where a value is expected, at line 2 column 7/,
    ],
    ['an unfinished object', '{"a":1', /ends where "," or "}" is expected, at line 1 column 7/],
    ['an unfinished text', '{"a":"b', /ends inside a string/],
    ['a comma too many', '{"a":1,}', /a key in double quotes is expected, at line 1 column 8/],
    ['a comma too many in a list', '{"a":[1,]}', /a value is expected, at line 1 column 9/],
    ['crossed brackets', '{"a":[}', /a value is expected, at line 1 column 7/],
    ['two objects', '{}{}', /nothing after the end/],
    ['a raw line break in a text', '{"a":"\n"}', /control character/],
    ['a bad escape', '{"a":"\\x"}', /backslash that begins no escape/],
    ['a bad number', '{"a":01}', /"," or "}"/],
    ['a missing colon', '{"a" 1}', /":" is expected/],
    ['too many levels', nested(BODY_LIMITS.depth + 1), /nests deeper than 64 levels/],
    ['ten thousand levels', nested(10_000), /nests deeper than 64 levels/],
    ['levels that nothing closes', `{"a":${'['.repeat(10_000)}`, /nests deeper than 64 levels/],
    [
      'fifty thousand members',
      `{${'"k":1,'.repeat(50_001)}"z":1}`,
      /more than 50000 objects, lists and members/,
    ],
    [
      'fifty thousand objects',
      `{"a":[${'{},'.repeat(50_000)}1]}`,
      /more than 50000 objects, lists and members/,
    ],
    [
      'a fault behind very much',
      `{"a":[${'1,'.repeat(50_000)}x]}`,
      /something is wrong after the first parts/,
    ],
  ])('refuses %s and says what is wrong', (_name, body, message) => {
    const fault = faultOf(body);
    expect(fault.code).toBe('bad_json');
    expect(fault.message).toMatch(message);
  });

  it('never echoes the body', () => {
    expect(faultOf('{"password": hunter2}').message).not.toContain('hunter2');
  });

  it('takes as many levels as the limit says', () => {
    expect(readRawBody(Buffer.from(nested(BODY_LIMITS.depth))).spans.size).toBe(1);
  });

  it.each([
    ['{"model":"a","model":"b"}', 'model'],
    ['{"model":"a","x":1,"mod\\u0065l":"b"}', 'model'],
    ['{"user_id":"a","user_id":"a"}', 'user_id'],
    ['{"stream":true,"str\\u0065am":false}', 'stream'],
    ['{"anything":1,"anything":2}', 'anything'],
    ['{"Model":"a"}', 'model'],
    ['{"model":"a","MODEL":"b"}', 'model'],
    ['{"\u017ftream":true}', 'stream'], // the long s, which Go takes for an s
  ])('refuses a key that two readers could read differently: %s', (body, param) => {
    expect(faultOf(body)).toMatchObject({ code: 'bad_request', param });
  });

  it('allows a key twice below the top level, and other spellings of keys it does not read', () => {
    expect(readRawBody(Buffer.from('{"a":{"b":1,"b":2},"Temperature":1}')).json.Temperature).toBe(1);
  });

  it('takes a UTF-8 byte order mark off', () => {
    expect(readRawBody(Buffer.from('\uFEFF{"a":1}')).bytes.toString()).toBe('{"a":1}');
  });

  it('finds every member of any object, long and escaped texts included', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', 'a', '{', ']', 'é', '好') }),
      fc.string({ unit: fc.constantFrom('\\', '"', 'x'), minLength: 40, maxLength: 200 }),
    );
    const value = fc.oneof(text, fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(
        fc.dictionary(text, value, { maxKeys: 8 }),
        fc.constantFrom(0, 1, '\t'),
        (object, indent) => {
          const body = readRawBody(Buffer.from(JSON.stringify(object, null, indent)));
          expect([...body.spans.keys()]).toEqual(Object.keys(object));
          for (const [key, span] of body.spans) {
            const printed = body.bytes.toString('utf8', span.start, span.end);
            expect(JSON.parse(printed)).toEqual(body.json[key]);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never fails with anything but a Fault, whatever the bytes', () => {
    const soup = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', ' ', 'u', '\0', 'é'),
    });
    fc.assert(
      fc.property(soup, (text) => {
        try {
          expect(readRawBody(Buffer.from(`{${text}`)).json).toEqual(JSON.parse(`{${text}`));
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
