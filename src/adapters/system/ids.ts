import { randomFillSync } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

const RANDOM_BYTES = 10;
const POOL_BYTES = RANDOM_BYTES * 512; // one system call serves 512 ids
/** Crockford's alphabet in lower case: no i, l, o, u. Its order is the order of the values. */
const DIGITS = [...'0123456789abcdefghjkmnpqrstvwxyz'];
/** Two digits at once: half the steps. */
const PAIRS = DIGITS.flatMap((high) => DIGITS.map((low) => high + low));

/**
 * Ids of the form of a ULID: 10 digits of milliseconds, then 16 digits (80 bits) of randomness.
 * Those of one millisecond are in no particular order.
 */
export function createIds(nowMs: () => number = Date.now): Ids {
  const pool = Buffer.alloc(POOL_BYTES);
  let offset = POOL_BYTES;
  let stampMs = -1;
  let stamp = '';

  return {
    next(prefix) {
      const now = nowMs();
      if (now !== stampMs) {
        stampMs = now;
        stamp = timeDigits(now);
      }
      if (offset === POOL_BYTES) {
        randomFillSync(pool);
        offset = 0;
      }
      const id = `${prefix}_${stamp}${randomDigits(pool, offset)}`;
      offset += RANDOM_BYTES;
      return id;
    },
  };
}

function timeDigits(ms: number): string {
  let digits = '';
  let rest = ms;
  for (let i = 0; i < 10; i += 1) {
    digits = (DIGITS[rest % 32] ?? '') + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}

/** 80 bits as sixteen digits: 10 bits, two digits, at a time from each five bytes. */
function randomDigits(pool: Buffer, offset: number): string {
  let digits = '';
  for (let at = offset; at < offset + RANDOM_BYTES; at += 5) {
    const high = pool.readUInt32BE(at);
    const low = pool.readUInt8(at + 4);
    digits += PAIRS[high >>> 22];
    digits += PAIRS[(high >>> 12) & 0x3ff];
    digits += PAIRS[(high >>> 2) & 0x3ff];
    digits += PAIRS[((high & 3) << 8) | low];
  }
  return digits;
}
