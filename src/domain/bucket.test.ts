import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf } from './bucket.ts';

interface Vectors {
  unsalted: { user_id: string; bucket: number; position: number }[];
  salted: { salt: string; user_id: string; position: number }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/buckets.json', import.meta.url), 'utf8'),
);

describe('placeOf', () => {
  it.each(vectors.unsalted)('golden: $user_id → $position', ({ user_id, bucket, position }) => {
    expect(placeOf(user_id)).toEqual({ bucket, position });
  });

  it.each(vectors.salted)('golden with salt $salt: $user_id → $position', ({ salt, user_id, position }) => {
    expect(placeOf(user_id, salt).position).toBe(position);
  });

  it('stays on the scale and is a pure function for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const place = placeOf(id);
        expect(place.position).toBeGreaterThanOrEqual(0);
        expect(place.position).toBeLessThan(10_000);
        expect(Math.floor(place.position / 100)).toBe(place.bucket);
        expect(placeOf(id)).toEqual(place);
      }),
    );
  });
});
