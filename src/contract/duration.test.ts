import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['120s', 120_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', '1.5s', '-1s', '5 s', '5S', '05s', '5sec', '1h30m', '1e3s', '9999999999s', 'ms', '5s\n'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeNull(),
  );

  it.each([
    [120_000, '2m'],
    [90_000, '90s'],
    [1_500, '1500ms'],
    [86_400_000, '1d'],
    [0, '0ms'],
  ])('%i ms is written %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('reads back whatever it writes', () => {
    const property = fc.property(fc.nat(999_999_999), (ms) => {
      expect(durationMs(formatDuration(ms))).toBe(ms);
    });
    fc.assert(property);
  });

  it('does not pass an unchecked text on', () => {
    expect(() => durationMs('soon')).toThrow('"soon" is not a duration');
  });
});
