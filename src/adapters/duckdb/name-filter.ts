import type { NameHash } from './name-hash.ts';

/** Knows for certain which names it was never given. */
export interface NameFilter {
  add(hash: Readonly<NameHash>): void;
  /** False for one that was never added; true for all others, and for a few of those too. */
  mayHave(hash: Readonly<NameHash>): boolean;
}

/** 32 MiB: of ten million names it takes one in two thousand for known. */
const BITS = 2 ** 28;
const PROBES = 4;

/** A Bloom filter. */
export function createNameFilter(): NameFilter {
  const words = new Uint32Array(BITS / 32);
  return {
    add({ low, high }) {
      for (let probe = 0; probe < PROBES; probe += 1) {
        const place = placeOf(low, high, probe);
        words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31));
      }
    },
    mayHave({ low, high }) {
      for (let probe = 0; probe < PROBES; probe += 1) {
        const place = placeOf(low, high, probe);
        if (((words[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) return false;
      }
      return true;
    },
  };
}

function placeOf(low: number, high: number, probe: number): number {
  return (low + Math.imul(probe, high | 1)) >>> 4; // 28 bits
}
