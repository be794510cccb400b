import type { NameHash } from './name-hash.ts';

/** Remembers the numbers of the names used last; the oldest are forgotten. */
export interface KeyTable {
  get(hash: Readonly<NameHash>): number | undefined;
  set(hash: Readonly<NameHash>, key: number): void;
}

interface Generation {
  readonly mask: number;
  /** Of each slot: low, high, and one more than the key, so that fresh memory is free slots. */
  readonly slots: Int32Array;
  used: number;
}

/** A slot lies in one line of the processor's cache: nearly every name is a miss. */
const [HIGH, KEY, FIELDS] = [1, 2, 4];
const FIRST_SLOTS = 1024;
const MAX_LOAD = 0.6;

/**
 * Two generations of up to `limit` names each: cheaper than keeping every name in the order of its use. Numbers in a flat
 * array: a map of texts would take ten times the memory and the time. Keys are never negative.
 */
export function createKeyTable(limit: number): KeyTable {
  let young = generationOf(FIRST_SLOTS);
  let old = generationOf(1);
  const set = (hash: Readonly<NameHash>, key: number): void => {
    if (young.used >= limit) {
      old = young;
      young = generationOf(old.mask + 1);
    } else if (young.used >= MAX_LOAD * (young.mask + 1)) young = grown(young);
    put(young, hash.low, hash.high, key);
  };
  return {
    get(hash) {
      const found = keyAt(young, slotOf(young, hash.low, hash.high));
      if (found !== -1) return found;
      const older = keyAt(old, slotOf(old, hash.low, hash.high));
      if (older === -1) return undefined;
      set(hash, older);
      return older;
    },
    set,
  };
}

function generationOf(slots: number): Generation {
  return { mask: slots - 1, slots: new Int32Array(slots * FIELDS), used: 0 };
}

/** -1 in a free slot. */
function keyAt({ slots }: Generation, slot: number): number {
  return (slots[slot + KEY] ?? 0) - 1;
}

/** Where the slot of a name begins, or the free one where it would stand. */
function slotOf({ mask, slots }: Generation, low: number, high: number): number {
  for (let place = low & mask, tried = 0; ; place = (place + 1) & mask, tried += 1) {
    const slot = place * FIELDS;
    if (slots[slot + KEY] === 0 || tried > mask || (slots[slot] === low && slots[slot + HIGH] === high))
      return slot;
  }
}

function put(generation: Generation, low: number, high: number, key: number): void {
  const { slots } = generation;
  const slot = slotOf(generation, low, high);
  if (slots[slot + KEY] === 0) generation.used += 1;
  slots[slot] = low;
  slots[slot + HIGH] = high;
  slots[slot + KEY] = key + 1;
}

function grown(small: Generation): Generation {
  const large = generationOf(2 * (small.mask + 1));
  for (let slot = 0; slot < small.slots.length; slot += FIELDS) {
    const key = keyAt(small, slot);
    if (key !== -1) put(large, small.slots[slot] ?? 0, small.slots[slot + HIGH] ?? 0, key);
  }
  return large;
}
