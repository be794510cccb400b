import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault, lineOf, linesOf } from './json-lines.ts';

const TEXT = `{
  "strategy": "hash_user_id",
  "rules": [
    { "model_id": "a:[{", "weight": 80 },
    {
      "model_id": "b",
      "weight": 20.5
    }
  ]
}`;

describe('lines of JSON', () => {
  it('are found by path, and by the nearest path around', () => {
    const lines = linesOf(TEXT);
    expect(
      ['strategy', 'rules', 'rules[0].weight', 'rules[1]', 'rules[1].weight'].map((path) =>
        lineOf(lines, path),
      ),
    ).toEqual([2, 3, 4, 5, 7]);
    expect(lineOf(lines, 'rules[1].description')).toBe(5);
    expect(lineOf(lines, 'nothing.here')).toBe(1);
  });

  it('end for every text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(linesOf(text).size).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(Math.max(...linesOf(text).values())).toBeLessThanOrEqual(text.split('\n').length);
        expect(jsonFault(text)).toBeNull();
      }),
    );
  });

  it('say where a text is no JSON', () => {
    expect(jsonFault('{\n "a": 1,\n "b": }')?.line).toBe(3);
    expect(jsonFault('{\n "a": 1')?.line).toBe(2);
  });
});
