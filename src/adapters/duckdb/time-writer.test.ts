import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTimeWriter } from './time-writer.ts';

const MOST_MS = 8.64e15; // of a Date
const time = fc.oneof(
  fc.integer({ min: 1_750_000_000_000, max: 1_750_000_200_000 }),
  fc.integer({ min: -MOST_MS, max: MOST_MS }),
);

it('writes times as the language does, whatever it wrote before', () => {
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), (times) => {
      const [out, write] = [Buffer.alloc(40 * times.length), createTimeWriter()];
      const end = times.reduce((at, timeMs) => write(out, at, timeMs), 0);
      const wanted = times.map((timeMs) => new Date(timeMs).toISOString()).join('');
      expect(out.toString('latin1', 0, end)).toBe(wanted);
    }),
  );
});
