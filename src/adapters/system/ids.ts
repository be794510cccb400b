import { randomFillSync } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

/** Crockford's alphabet in lower case: no i, l, o, u. Its order is the order of the values. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
/** 80 bits, five a digit. */
const RANDOM_DIGITS = 16;
/** One call of the system serves this many ids. */
const IDS_A_FILL = 512;

/**
 * Ids of the form of a ULID: 10 digits of milliseconds, then 16 of randomness. Those of one millisecond are in no
 * particular order.
 */
export function createIds(nowMs: () => number = Date.now): Ids {
  const pool = Buffer.alloc(RANDOM_DIGITS * IDS_A_FILL);
  let offset = pool.length;
  let stampMs = -1;
  let stamp = '';

  return {
    next(prefix) {
      const now = nowMs();
      if (now !== stampMs) {
        stampMs = now;
        stamp = timeDigits(now);
      }
      if (offset === pool.length) {
        fillWithDigits(pool);
        offset = 0;
      }
      const random = pool.toString('latin1', offset, offset + RANDOM_DIGITS);
      offset += RANDOM_DIGITS;
      return `${prefix}_${stamp}${random}`;
    },
  };
}

function fillWithDigits(pool: Buffer): void {
  randomFillSync(pool);
  for (const [at, byte] of pool.entries()) pool[at] = DIGITS.charCodeAt(byte % DIGITS.length);
}

function timeDigits(ms: number): string {
  let digits = '';
  let rest = ms;
  for (let i = 0; i < TIME_DIGITS; i += 1) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}
