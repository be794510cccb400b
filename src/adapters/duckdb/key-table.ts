import type { NameHash } from './name-hash.ts';

/** Remembers the numbers of the names used last; the oldest are forgotten. */
export interface KeyTable {
  get(hash: Readonly<NameHash>): number | undefined;
  set(hash: Readonly<NameHash>, key: number): void;
}

interface Generation {
  readonly mask: number;
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  /** NO_KEY in a slot that is free. */
  readonly keys: Int32Array;
  used: number;
}

const NO_KEY = -1;
const FIRST_SLOTS = 1024;
const MAX_LOAD = 0.6;

/**
 * Two generations of up to `limit` names each: cheaper than keeping every name in the order of its use. Numbers in flat
 * arrays: a map of texts would take ten times the memory and the time. Keys are never negative.
 */
export function createKeyTable(limit: number): KeyTable {
  let young = generationOf(FIRST_SLOTS);
  let old = generationOf(1);
  const set = (hash: Readonly<NameHash>, key: number): void => {
    if (young.used >= limit) {
      old = young;
      young = generationOf(FIRST_SLOTS);
    } else if (young.used >= MAX_LOAD * young.keys.length) young = grown(young);
    put(young, hash.low, hash.high, key);
  };
  return {
    get(hash) {
      const found = young.keys[slotOf(young, hash.low, hash.high)] ?? NO_KEY;
      if (found !== NO_KEY) return found;
      const older = old.keys[slotOf(old, hash.low, hash.high)] ?? NO_KEY;
      if (older === NO_KEY) return undefined;
      set(hash, older);
      return older;
    },
    set,
  };
}

function generationOf(slots: number): Generation {
  return {
    mask: slots - 1,
    lows: new Int32Array(slots),
    highs: new Int32Array(slots),
    keys: new Int32Array(slots).fill(NO_KEY),
    used: 0,
  };
}

/** The slot of a name, or the free one where it would stand. */
function slotOf({ mask, lows, highs, keys }: Generation, low: number, high: number): number {
  for (let slot = low & mask, tried = 0; ; slot = (slot + 1) & mask, tried += 1) {
    if (keys[slot] === NO_KEY || tried > mask || (lows[slot] === low && highs[slot] === high)) return slot;
  }
}

function put(generation: Generation, low: number, high: number, key: number): void {
  const slot = slotOf(generation, low, high);
  if (generation.keys[slot] === NO_KEY) generation.used += 1;
  generation.lows[slot] = low;
  generation.highs[slot] = high;
  generation.keys[slot] = key;
}

function grown(small: Generation): Generation {
  const large = generationOf(2 * small.keys.length);
  for (const [slot, key] of small.keys.entries())
    if (key !== NO_KEY) put(large, small.lows[slot] ?? 0, small.highs[slot] ?? 0, key);
  return large;
}
