import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ChatRequest, FeedbackRequest } from './chat.ts';
import { strict } from './fields.ts';
import { ModelInput } from './model.ts';
import { RouteInput } from './route.ts';
import { compileCheck } from './schema-check.ts';
import { DEFAULT_SETTINGS, SettingsDocument, SettingsPatch } from './settings.ts';
import { validate } from './validate.ts';

const MODEL = { id: 'm', protocol: 'ollama', base_url: 'http://127.0.0.1:11434', upstream_model: 'qwen2:7b' };
const ROUTE = {
  rules: [
    { model_id: 'a', weight: 80 },
    { model_id: 'b', weight: 20 },
  ],
};

/** Everything wrong, as `path message` lines. */
function faults(schema: TSchema, value: unknown): string[] {
  const checked = validate(schema, value);
  return checked.ok ? [] : checked.errors.map(({ path, message }) => `${path} ${message}`);
}

describe('validate', () => {
  it('hands the value itself back', () => {
    const checked = validate(ModelInput, MODEL);
    expect(checked).toEqual({ ok: true, value: MODEL });
    expect(checked.ok && checked.value).toBe(MODEL);
  });

  it('tells everything at once, with place, fault and expectation', () => {
    const value = {
      ...MODEL,
      id: '-x',
      protocol: 'olama',
      timeout: '2 min',
      max_queue: 1.5,
      inject_usage: 'yes',
      timout: '1s',
    };
    expect(faults(ModelInput, value)).toEqual([
      'id must be 1 to 100 letters, digits, dots, colons, - and _, the first a letter or digit, got "-x"',
      'protocol must be one of "ollama", "openai", got "olama"',
      'timeout must be a duration such as "500ms", "120s", "30m", "2h" or "7d", got "2 min"',
      'max_queue must be a whole number from 0 to 100000, got 1.5',
      'inject_usage must be true or false, got "yes"',
      'timout is not a known field; did you mean "timeout"?',
    ]);
  });

  it.each<[string, TSchema, unknown, string]>([
    [
      'a nested list',
      RouteInput,
      {
        rules: [
          { model_id: 'a', weight: 100 },
          { model_id: 'b', weight: '0' },
        ],
      },
      'rules[1].weight must be a number from 0 to 100 in steps of 0.01, got "0"',
    ],
    [
      'three decimals',
      RouteInput,
      { rules: [{ model_id: 'a', weight: 80.075 }] },
      'rules[0].weight must be a number from 0 to 100 in steps of 0.01, got 80.075',
    ],
    [
      'a negative weight',
      RouteInput,
      { rules: [{ model_id: 'a', weight: -1 }] },
      'rules[0].weight must be a number from 0 to 100 in steps of 0.01, got -1',
    ],
    ['an empty list', RouteInput, { rules: [] }, 'rules must not be empty'],
    ['a missing field', RouteInput, {}, 'rules is missing'],
    [
      'another strategy',
      RouteInput,
      { ...ROUTE, strategy: 'random' },
      'strategy must be "hash_user_id", got "random"',
    ],
    [
      'two ways to match',
      RouteInput,
      { ...ROUTE, audiences: [{ name: 'x', model_id: 'a', match: { segment: 'x', user_prefix: 'u' } }] },
      'audiences[0].match must have exactly 1 field(s) of user_ids, user_prefix, segment, created_after, got 2',
    ],
    ['a doubled alias', RouteInput, { ...ROUTE, aliases: ['x', 'y', 'x'] }, 'aliases[2] "x" is there twice'],
    [
      'no date',
      RouteInput,
      { ...ROUTE, audiences: [{ name: 'x', model_id: 'a', match: { created_after: '2025-13-01' } }] },
      'audiences[0].match.created_after must be a time such as "2025-06-01T08:00:00Z", got "2025-13-01"',
    ],
    [
      'a duration out of range',
      ModelInput,
      { ...MODEL, connect_timeout: '6m' },
      'connect_timeout must be from "1ms" to "5m", got "6m"',
    ],
    ['the wrong kind of thing', ModelInput, [MODEL], ' must be an object, got a list of 1'],
    ['nothing', ModelInput, undefined, ' must be an object, got nothing'],
    [
      'an odd option name',
      ModelInput,
      { ...MODEL, options: { 'a b': 1 } },
      'options["a b"] the name of a field must be up to 64 letters, digits, dots, - and _, the first a letter',
    ],
    [
      'the nearest alternative',
      FeedbackRequest,
      { request_id: 'r', rating: 0 },
      'rating must be one of -1, 1, got 0',
    ],
    [
      'what a feedback lacks',
      FeedbackRequest,
      { session_id: 's' },
      ' must have 2 or more field(s) of session_id, task_completed, rating, comment, got 1',
    ],
    [
      'a setting of no section',
      SettingsPatch,
      { body_bytes: 1 },
      'body_bytes is not a known field; known are routing, identity, auth, cors, alerts, limits, sessions, journal, judge, id, version, managed_by, config_version',
    ],
  ])('names %s', (_name, schema, value, fault) => expect(faults(schema, value)).toEqual([fault]));

  it('never shows a secret', () => {
    const secret = 'sk-with a blank';
    expect(faults(ModelInput, { ...MODEL, api_key: secret }).join()).not.toContain('blank');
    expect(faults(ModelInput, { ...MODEL, api_key: '••••abcd' })).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the name %s at any depth', (name) => {
    const value = JSON.parse(
      `{"id":"m","protocol":"ollama","base_url":"http://h","upstream_model":"u","options":{"a":[{"${name}":{"x":1}}]}}`,
    );
    expect(faults(ModelInput, value)).toEqual([`options.a[0].${name} is a reserved name`]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('refuses a depth over 64 in time that grows with the size only', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(faults(ModelInput, { ...MODEL, options: { a: nested(60) } })).toEqual([]);
    expect(faults(ModelInput, { ...MODEL, options: { a: nested(10_000) } })[0]).toContain(
      'nests deeper than 64',
    );
  });

  it('tells at most 100 faults', () => {
    const value = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`unknown_${i}`, 1]));
    expect(faults(ModelInput, value)).toHaveLength(100);
  });

  it.each<[string, string]>([
    ['a million empty lists', `[${Array(1_000_000).fill('[]').join()}]`],
    ['300,000 unknown fields', `{${Array.from({ length: 300_000 }, (_, i) => `"mesages${i}":1`).join()}}`],
    ['a million faulty entries', `{"messages":[${Array(1_000_000).fill('1').join()}]}`],
    ['a text of 4 MiB', `{"messages":[],"user_id":"${'x'.repeat(4_000_000)}"}`],
  ])('is done with %s about as soon as the parser', (_name, text) => {
    const startedMs = performance.now();
    const value: unknown = JSON.parse(text);
    const parsedMs = performance.now();
    expect(validate(ChatRequest, value).ok).toBe(false);
    expect(performance.now() - parsedMs).toBeLessThan(5 * (parsedMs - startedMs) + 200);
  });

  it('accepts the default settings', () => expect(faults(SettingsDocument, DEFAULT_SETTINGS)).toEqual([]));

  it.each([0.01, 0.07, 0.29, 12.34, 33.33, 80.07, 99.99, 100, 0])('takes %f as two decimals', (weight) =>
    expect(faults(RouteInput, { rules: [{ model_id: 'a', weight }] })).toEqual([]),
  );
});

describe('compileCheck', () => {
  it('does not know less than it is asked to check', () => {
    expect(() => compileCheck({ type: 'string', contentEncoding: 'base64' })).toThrow(
      'keyword contentEncoding',
    );
    expect(() => compileCheck({ type: 'string', format: 'email' })).toThrow('format email');
  });

  it('agrees with TypeBox about any JSON value', () => {
    const schema = strict({
      name: Type.String({ minLength: 1, maxLength: 3, pattern: '^[a-z]*$' }),
      count: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
      kind: Type.Optional(Type.Enum(['x', 'y'] as const)),
      flag: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
      list: Type.Optional(
        Type.Array(Type.Number({ maximum: 9 }), { minItems: 1, maxItems: 2, uniqueItems: true }),
      ),
      bag: Type.Optional(
        Type.Record(Type.String({ pattern: '^[a-c]$' }), Type.Unknown(), { additionalProperties: false }),
      ),
    });
    const scalar = fc.oneof(
      fc.constantFrom('', 'a', 'abc', 'abcd', 'x', 'y', 'A'),
      fc.integer({ min: -1, max: 11 }),
      fc.boolean(),
      fc.constant(null),
      fc.double(),
    );
    const value = fc.oneof(
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'zz'), scalar),
    );
    const object = fc.dictionary(
      fc.constantFrom('name', 'count', 'kind', 'flag', 'list', 'bag', 'other'),
      value,
    );
    fc.assert(
      fc.property(
        fc.oneof(
          object,
          object.map((one) => ({ ...one, name: 'abc' })),
          value,
        ),
        (candidate) => {
          expect(validate(schema, candidate).ok).toBe(Check(schema, candidate));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
