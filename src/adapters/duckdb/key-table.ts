import type { NameHash } from './name-hash.ts';

/** Remembers the numbers of the names used last; the oldest are forgotten. */
export interface KeyTable {
  get(hash: Readonly<NameHash>): number | undefined;
  /** The number that was set beside it. */
  besideOf(hash: Readonly<NameHash>): number | undefined;
  set(hash: Readonly<NameHash>, key: number, beside?: number): void;
}

interface Generation {
  readonly mask: number;
  /** Of each slot: low, high, one more than the key, so that fresh memory is free slots, and the number beside it. */
  readonly slots: Int32Array;
  used: number;
}

/** A slot lies in one line of the processor's cache: nearly every name is a miss. */
const [HIGH, KEY, BESIDE, FIELDS] = [1, 2, 3, 4];
const FIRST_SLOTS = 1024;
const MAX_LOAD = 0.6;

/**
 * Two generations of up to `limit` names each: cheaper than keeping every name in the order of its use. Numbers in a flat
 * array: a map of texts would take ten times the memory and the time. Keys are never negative.
 */
export function createKeyTable(limit: number): KeyTable {
  let young = generationOf(FIRST_SLOTS);
  let old = generationOf(1);
  const set = (hash: Readonly<NameHash>, key: number, beside = 0): void => {
    if (young.used >= limit) {
      old = young;
      young = generationOf(old.mask + 1);
    } else if (young.used >= MAX_LOAD * (young.mask + 1)) young = grown(young);
    const slot = slotFor(young, hash.low, hash.high);
    young.slots[slot + KEY] = key + 1;
    young.slots[slot + BESIDE] = beside;
  };
  /** Where the name stands among the young, to which it is brought; -1 where it is forgotten. */
  const find = (hash: Readonly<NameHash>): number => {
    const slot = slotOf(young, hash.low, hash.high);
    if (keyAt(young, slot) !== -1) return slot;
    const older = slotOf(old, hash.low, hash.high);
    const key = keyAt(old, older);
    if (key === -1) return -1;
    set(hash, key, old.slots[older + BESIDE]);
    return slotOf(young, hash.low, hash.high);
  };
  return {
    get(hash) {
      const slot = find(hash);
      return slot === -1 ? undefined : keyAt(young, slot);
    },
    besideOf(hash) {
      const slot = find(hash);
      return slot === -1 ? undefined : young.slots[slot + BESIDE];
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

/** The same; a free one is the name's from now on. */
function slotFor(generation: Generation, low: number, high: number): number {
  const { slots } = generation;
  const slot = slotOf(generation, low, high);
  if (slots[slot + KEY] === 0) {
    generation.used += 1;
    slots[slot] = low;
    slots[slot + HIGH] = high;
  }
  return slot;
}

function grown(small: Generation): Generation {
  const large = generationOf(2 * (small.mask + 1));
  for (let slot = 0; slot < small.slots.length; slot += FIELDS) {
    if (small.slots[slot + KEY] === 0) continue;
    const own = slotFor(large, small.slots[slot] ?? 0, small.slots[slot + HIGH] ?? 0);
    large.slots[own + KEY] = small.slots[slot + KEY] ?? 0;
    large.slots[own + BESIDE] = small.slots[slot + BESIDE] ?? 0;
  }
  return large;
}
