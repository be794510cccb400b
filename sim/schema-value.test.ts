import { expect, it } from 'vitest';
import { createRng } from './rng.ts';
import { schemaValue } from './schema-value.ts';

const value = (schema: unknown, text = 'hello') => schemaValue({ schema, text, rng: createRng(1) });

it.each([
  [{ type: 'string' }, 'hello'],
  [{ type: 'string', maxLength: 3 }, 'hel'],
  [{ type: ['string', 'null'] }, 'hello'],
  [{ enum: ['celsius', 'fahrenheit'] }, 'celsius'],
  [{ const: 4 }, 4],
  [{ type: 'boolean' }, true],
  [{ type: 'null' }, null],
  [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
  [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, null],
  [{ allOf: [{ type: 'object', properties: { a: { const: 1 } } }] }, { a: 1 }],
  [
    {
      properties: { city: { type: 'string' }, day: { $ref: '#/$defs/day' } },
      $defs: { day: { const: 'x' } },
    },
    { city: 'Paris', day: 'x' },
  ],
  [{ type: 'string', format: 'date-time' }, '2026-06-01T09:00:00Z'],
])('makes a value for %j', (schema, expected) => {
  expect(value(schema)).toEqual(expected);
});

it('takes cities, numbers and order ids from the words of the user', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      count: { type: 'integer', maximum: 40 },
      order_id: { type: 'string' },
    },
  };
  expect(value(schema, '查一下 SO-777 在上海的 55 件')).toEqual({
    city: '上海',
    count: 40,
    order_id: 'SO-777',
  });
});

it('ends with a schema that holds itself', () => {
  const schema = { type: 'object', properties: { child: { $ref: '#' } } };
  expect(JSON.stringify(value(schema)).length).toBeLessThan(500);
});
