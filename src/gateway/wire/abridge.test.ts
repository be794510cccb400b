import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { turnOf } from '../turn.ts';
import { inbounds } from './inbounds.ts';
import { findJsonFault } from './json-fault.ts';
import { readRawBody } from './raw-body.ts';
import type { RawBody, Skim } from './wire.ts';

const LONG = 'Where is my parcel? 我的包裹在哪里？ 📦 '.repeat(200);
const isAbridged = ({ json, skim }: RawBody): boolean => json !== skim.json;

/** What a skim stands for: every text, keys included, looked up. */
function resolved(value: unknown, textOf: Skim['textOf']): unknown {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return value.map((item) => resolved(item, textOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [textOf(key), resolved(v, textOf)]));
}

/** The text as JSON, every so manieth character written as its code. */
function escaped(text: string, every: number): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const chars = Array.from(text, (char, index) =>
    index % every === 0 ? char.split('').map(code).join('') : JSON.stringify(char).slice(1, -1),
  );
  return `"${chars.join('')}"`;
}

const longText = fc
  .string({
    unit: fc.constantFrom('a', 'b c', 'é', '好', '📦', '\n', '"', '\\', '\t', '{', ',', '\u2028', '\ud800'),
  })
  .map((text) => (text + LONG).slice(0, 300 + (text.length % 7)) + text);
const text = fc.oneof(fc.string({ unit: 'binary' }), longText);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('an abridged body', () => {
  it('says the same as the whole text, member for member and text for text', () => {
    let abridged = 0;
    const object = fc.dictionary(fc.oneof(fc.constantFrom('messages', 'tools', '__proto__'), text), value, {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(
        object,
        fc.constantFrom(0, 0, 1),
        fc.array(longText, { maxLength: 30 }),
        (some, indent, more) => {
          const whole = JSON.stringify({ more, last: LONG, ...some }, null, indent);
          const body = readRawBody(Buffer.from(whole));
          const expected: unknown = JSON.parse(whole);
          if (isAbridged(body)) abridged += 1;
          expect(resolved(body.skim.json, body.skim.textOf)).toEqual(expected);
          expect(Object.keys(body.json)).toEqual(Object.keys(expected as object));
          expect(body.json).toEqual(expected);
          expect(JSON.stringify(body.json)).toBe(JSON.stringify(expected));
        },
      ),
      { numRuns: 300 },
    );
    expect(abridged).toBeGreaterThan(100);
  });

  it('reads texts in whatever way they are escaped, and gives them the mark of their UTF-8', () => {
    fc.assert(
      fc.property(
        longText,
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 0 }),
        (given, every, seed) => {
          const { json, skim } = readRawBody(
            Buffer.from(`{"a":[${escaped(given, every)}],"b":"${'x'.repeat(5000)}"}`),
          );
          const [standIn] = skim.json.a as [string];
          expect(skim.textOf(standIn)).toBe(given);
          expect(json.a).toEqual([given]);
          expect(skim.markOf(standIn, seed)).toBe(crc32(given, seed));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused exactly where the whole text is, with the same words', () => {
    const whole = Buffer.from(
      JSON.stringify({ messages: [{ role: 'user', content: `a\\"\n${LONG}` }], n: 1 }),
    );
    const change = fc.constantFrom(...Array.from('"\\{}[],:u0n \n\t\0\u001f\u007fé'));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: whole.length }),
        fc.nat(2),
        fc.array(change, { maxLength: 3 }),
        (at, gone, chars) => {
          const bytes = Buffer.concat([
            whole.subarray(0, at),
            Buffer.from(chars.join('')),
            whole.subarray(at + gone),
          ]);
          const given = bytes.toString();
          const isWhole = Buffer.from(given).equals(bytes);
          let problem: string | null = null;
          try {
            JSON.parse(given);
          } catch {
            problem = findJsonFault(given).problem;
          }
          try {
            const body = readRawBody(bytes);
            expect(problem).toBeNull();
            expect(body.json).toEqual(JSON.parse(given));
          } catch (error) {
            if (!(error instanceof Fault)) throw error;
            if (error.code === 'bad_request') return; // a key became another's twin
            if (!isWhole) expect(error.message).toMatch(/UTF-8/);
            else expect(error.message).toContain(problem ?? '?');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each<[name: string, inside: string, message: RegExp]>([
    [
      'a raw line break',
      '\n',
      /a control character that is not escaped, inside a string, at line 1 column 13$/,
    ],
    ['a NUL', '\0', /a NUL byte, at line 1 column 13$/],
    ['a bad escape', '\\x', /a backslash that begins no escape, inside a string, at line 1 column 13$/],
    ['a short code', '\\u12g4', /a backslash that begins no escape, inside a string, at line 1 column 13$/],
    ['a quote', '"', /something else where "," or "]" is expected, at line 1 column 14$/],
  ])('refuses %s inside a long text, and says where', (_name, inside, message) => {
    const whole = `{"a":["é好📦x${inside}${LONG}"]}`;
    expect(() => readRawBody(Buffer.from(whole))).toThrow(message);
  });

  it.each<[name: string, whole: string, abridged: boolean]>([
    ['compact', JSON.stringify({ a: [LONG] }), true],
    ['behind blanks and before a line break', ` ${JSON.stringify({ a: [LONG] })}\n`, true],
    ['with escapes', JSON.stringify({ a: [`\n"${LONG}\\`] }), true],
    ['short', JSON.stringify({ a: [LONG.slice(0, 1000)] }), false],
    ['of short texts', JSON.stringify({ a: Array.from({ length: 200 }, () => LONG.slice(0, 50)) }), false],
    ['of escapes only', JSON.stringify({ a: ['\n'.repeat(5000)] }), false],
    ['with the mark of stand-ins', JSON.stringify({ a: [LONG, '\u007f0'] }), false],
    ['with the mark as an escape', `{"a":["${LONG}","\\u007f0"]}`, false],
    ['with long texts on lines of their own', JSON.stringify({ a: [LONG, LONG] }, null, 2), false],
  ])('%s', (_name, whole, abridged) => {
    const body = readRawBody(Buffer.from(whole));
    expect(isAbridged(body)).toBe(abridged);
    expect(body.json).toEqual(JSON.parse(whole));
    expect(resolved(body.skim.json, body.skim.textOf)).toEqual(JSON.parse(whole));
  });

  it('is outlined like a short one', () => {
    const parts = [
      { type: 'text', text: `1 ${LONG}` },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(999)}` } },
      { type: 'text', text: `2 "${LONG}"` },
    ];
    const messages = [
      { role: 'system', content: parts },
      { role: 'developer', content: LONG },
      { role: 'User', content: `first\n${LONG}` },
      { role: 'assistant', content: LONG },
      { role: 'user', content: parts },
    ];
    const body = readRawBody(Buffer.from(JSON.stringify({ model: `m${LONG}`, messages })));
    expect(isAbridged(body)).toBe(true);
    const outline = inbounds.openai_chat.outline(body);
    expect(outline).toMatchObject({
      model: `m${LONG}`,
      systemText: `1 ${LONG}\n2 "${LONG}"\n${LONG}`,
      firstUserText: `first\n${LONG}`,
      userMessages: 2,
      assistantMessages: 1,
    });
    const whole = { ...body.skim, json: { messages }, textOf: String, markOf: crc32 };
    expect(turnOf(outline, body.skim, 0)).toEqual(turnOf(outline, whole, 0));
    expect(turnOf(outline, body.skim, 0).lastUserMark).not.toBe(0);
  });
});
