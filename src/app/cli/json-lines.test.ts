import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, linesOf } from './json-lines.ts';

const TEXT = `{
  "models": [
    {"id": "a",
     "options": {"stop": ["}", "x\\"y"], "odd key": 1}},

    {"id": "b"}
  ],
  "routes": []
}`;

describe('linesOf', () => {
  it.each([
    ['', 1],
    ['models', 2],
    ['models[0]', 3],
    ['models[0].options', 4],
    ['models[0].options.stop[1]', 4],
    ['models[0].options["odd key"]', 4],
    ['models[1]', 6],
    ['models[1].id', 6],
    ['routes', 8],
  ])('finds %s on line %d', (path, line) => {
    expect(linesOf(TEXT).get(path)).toBe(line);
  });

  it('gives a missing field the line of what should hold it', () => {
    expect(lineOf('models[1].base_url', linesOf(TEXT))).toBe(6);
    expect(lineOf('settings.routing', linesOf(TEXT))).toBe(1);
    expect(lineOf('models[0].options["gone"].x', linesOf(TEXT))).toBe(4);
  });

  it('knows a line for every member of any JSON, within the text', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const pretty = JSON.stringify(JSON.parse(json), null, 1);
        const lines = linesOf(pretty);
        const count = pretty.split('\n').length;
        expect(lines.get('')).toBe(1);
        for (const line of lines.values()) expect(line).toBeLessThanOrEqual(count);
      }),
    );
  });
});
