import { hash } from 'node:crypto';

/** A share of the users, in percent, as an operator writes it. */
export interface Share {
  readonly model: string;
  readonly weight: number;
}

/**
 * The rule as DESIGN §5 states it, written a second time with big integers: MD5 of the user id as a 128-bit number
 * h, position = (h mod 100)·100 + ⌊h / 100⌋ mod 100, and rules own positions in their written order from 0 up.
 * The product has its own code for it; a test that called that code would prove nothing.
 */
export function goldenPosition(userId: string): number {
  const h = BigInt(`0x${hash('md5', userId, 'hex')}`);
  return Number((h % 100n) * 100n + ((h / 100n) % 100n));
}

export function goldenBucket(userId: string): number {
  return Math.floor(goldenPosition(userId) / 100);
}

/** The model that a user falls to. */
export function goldenModel(userId: string, shares: readonly Share[]): string {
  const position = goldenPosition(userId);
  let below = 0;
  for (const { model, weight } of shares) {
    below += Math.round(weight * 100);
    if (position < below) return model;
  }
  throw new Error(`the weights add up to ${below / 100}, not to 100`);
}
