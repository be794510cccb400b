import type { NameHash } from './name-hash.ts';

/** Knows for certain which names it was never given. */
export interface NameFilter {
  add(hash: Readonly<NameHash>): void;
  /** False for one that was never added; true for all others, and for a few of those too. */
  mayHave(hash: Readonly<NameHash>): boolean;
}

/** 32 MiB: of ten million names it takes one in two thousand for known. */
const BLOCKS = 2 ** 19;
/** Bits of a block, in words of 32: one line of the processor's cache, so that a name costs one miss. */
const BLOCK_BITS = 2 ** 9;
const BLOCK_WORDS = BLOCK_BITS / 32;

/** A Bloom filter in blocks; a name has four bits in one of them. */
export function createNameFilter(): NameFilter {
  const words = new Int32Array(BLOCKS * BLOCK_WORDS);
  const has = (block: number, bit: number): boolean =>
    ((words[block + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) !== 0;
  const set = (block: number, bit: number): void => {
    words[block + (bit >>> 5)] = (words[block + (bit >>> 5)] ?? 0) | (1 << (bit & 31));
  };
  return {
    add({ low, high }) {
      const block = blockOf(low);
      set(block, low & LAST_BIT);
      set(block, high & LAST_BIT);
      set(block, (high >>> 9) & LAST_BIT);
      set(block, (high >>> 18) & LAST_BIT);
    },
    mayHave({ low, high }) {
      const block = blockOf(low);
      return (
        has(block, low & LAST_BIT) &&
        has(block, high & LAST_BIT) &&
        has(block, (high >>> 9) & LAST_BIT) &&
        has(block, (high >>> 18) & LAST_BIT)
      );
    },
  };
}

const LAST_BIT = BLOCK_BITS - 1;

/** Of the bits that do not choose within the block. */
function blockOf(low: number): number {
  return (low >>> 13) * BLOCK_WORDS;
}
