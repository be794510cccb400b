import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanObject } from './json-scan.ts';
import { readRawBody } from './raw-body.ts';
import { applyPatches, memberPatches } from './splice.ts';

function edit(text: string, edits: Record<string, string | null>): string {
  const body = readRawBody(Buffer.from(text));
  return applyPatches(body.bytes, memberPatches(body, new Map(Object.entries(edits)))).toString();
}

describe('memberPatches', () => {
  it.each<[text: string, edits: Record<string, string | null>, expected: string]>([
    [
      '{"model":"a","seed":12345678901234567890}',
      { model: '"b"' },
      '{"model":"b","seed":12345678901234567890}',
    ],
    ['{ "a" : 1 , "b" : 2 }', { a: null }, '{ "b" : 2 }'],
    ['{ "a" : 1 , "b" : 2 }', { b: null }, '{ "a" : 1 }'],
    ['{"a":1,"b":2,"c":3,"d":4}', { b: null, c: null }, '{"a":1,"d":4}'],
    ['{"a":1,"b":2,"c":3}', { a: null, b: null }, '{"c":3}'],
    ['{"a":1,"b":2,"c":3}', { b: null, c: null }, '{"a":1}'],
    ['{ "a":1 }', { a: null }, '{  }'],
    ['{ "a":1, "b":2 }', { a: null, b: null }, '{  }'],
    ['{}', { a: '1', b: '2' }, '{"a":1,"b":2}'],
    ['{ }', { a: '1' }, '{"a":1 }'],
    ['{"a":1}', { a: null, b: '2' }, '{"b":2}'],
    ['{"a":1,"b":2}', { b: null, c: '3' }, '{"a":1,"c":3}'],
    ['{"a":1\n}', { b: '2' }, '{"a":1,"b":2\n}'],
    ['{"a":1}', { z: null }, '{"a":1}'],
    ['{"\\u0061":1}', { a: '2' }, '{"\\u0061":2}'],
  ])('%s with %o', (text, edits, expected) => {
    expect(edit(text, edits)).toBe(expected);
  });

  it('makes the edited object, and leaves every other member byte for byte as it was', () => {
    const key = fc.oneof(
      fc.constantFrom('k1', 'k2', 'k3', 'k4'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 7 });
    const edits = fc.dictionary(key, fc.option(fc.jsonValue({ maxDepth: 2 })), { maxKeys: 5 });
    fc.assert(
      fc.property(object, edits, fc.constantFrom(0, 2), (before, changes, indent) => {
        const text = JSON.stringify(before, null, indent);
        const asText = Object.entries(changes).map(([k, v]): [string, string | null] => [
          k,
          v === null ? null : JSON.stringify(v),
        ]);
        const bytes = Buffer.from(text);
        const scan = scanObject(bytes.toString('latin1'), 0);
        const after = applyPatches(bytes, memberPatches(scan, new Map(asText)));

        const expected = new Map(Object.entries(JSON.parse(text) as object));
        for (const [k, v] of asText) {
          if (v === null) expected.delete(k);
          else expected.set(k, JSON.parse(v));
        }
        expect(new Map(Object.entries(JSON.parse(after.toString()) as object))).toEqual(expected);
        const rescan = scanObject(after.toString('latin1'), 0);
        for (const [k, span] of scan.spans) {
          const kept = rescan.spans.get(k);
          if (kept === undefined || Object.hasOwn(changes, k)) continue;
          const member = bytes.toString('utf8', span.keyStart, span.end);
          expect(after.toString('utf8', kept.keyStart, kept.end)).toBe(member);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
