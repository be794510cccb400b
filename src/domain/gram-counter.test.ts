import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countGrams } from './gram-counter.ts';

it('counts like a map, whatever the numbers', () => {
  const gram = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }));
  fc.assert(
    fc.property(fc.array(gram), fc.array(gram), (known, taken) => {
      const counter = countGrams(Int32Array.from(known));
      const left = [...known];
      for (const each of taken) {
        const at = left.indexOf(each);
        expect(counter.take(each)).toBe(at >= 0);
        if (at >= 0) left.splice(at, 1);
      }
      const seen: number[] = [];
      counter.eachLeft((each) => seen.push(each));
      const inOrder = (a: number, b: number) => a - b;
      expect(seen.sort(inOrder)).toEqual(left.sort(inOrder));
    }),
  );
});
