import { expect, it } from 'vitest';
import { backedOff, NO_BACK_OFF } from './back-off.ts';

it('waits a second after a failure, and twice as long after each that follows, up to a minute', () => {
  let backOff = NO_BACK_OFF;
  const pauses = Array.from({ length: 8 }, () => {
    backOff = backedOff(backOff, 500);
    return backOff.untilMs - 500;
  });
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(NO_BACK_OFF.untilMs).toBeLessThan(0);
});
