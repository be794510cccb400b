import { hash } from 'node:crypto';

/** A user's place on the 0.01 % scale: `position` is 0–9999, `bucket` (0–99) is its first two digits. */
export interface Place {
  readonly bucket: number;
  readonly position: number;
}

/** Number of positions on the scale; one weight of 0.01 % is one position. */
export const POSITIONS = 10_000;

/**
 * Where a user falls: MD5 of the UTF-8 bytes as a 128-bit big-endian number h;
 * bucket = h mod 100, position = bucket·100 + ⌊h/100⌋ mod 100. With a salt the hashed text is `salt:user`.
 * Golden numbers: `test/vectors/buckets.json`. This function may never change: users would change sides.
 */
export function placeOf(userId: string, salt?: string): Place {
  const digest = hash('md5', salt === undefined ? userId : `${salt}:${userId}`); // as hex: a third of a buffer's cost
  let rest = 0; // h mod 10000 holds all four digits; each step stays below 2^46
  for (let offset = 0; offset < 32; offset += 8) {
    rest = (rest * 0x1_0000_0000 + Number.parseInt(digest.slice(offset, offset + 8), 16)) % POSITIONS;
  }
  const bucket = rest % 100;
  return { bucket, position: bucket * 100 + Math.floor(rest / 100) };
}
