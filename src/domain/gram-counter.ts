/** How often each of a list of numbers occurs, to be counted down again. */
export interface GramCounter {
  /** True, and one less is left, when `gram` is left. */
  take(gram: number): boolean;
  /** Calls `see` once for each that is left. */
  eachLeft(see: (gram: number) => void): void;
}

/** A hash table with open addressing: four times as fast as sorting or a `Map` for the 600 grams of a long message. */
export function countGrams(grams: Int32Array): GramCounter {
  const bits = 32 - Math.clz32(grams.length * 2); // at least twice as many slots as grams: a free one is always found
  const keys = new Int32Array(1 << bits); // 0 is free: no gram is 0
  const counts = new Uint16Array(1 << bits);
  const mask = keys.length - 1;
  const slotOf = (gram: number): number => {
    let slot = bits === 0 ? 0 : Math.imul(gram, 0x9e3779b1) >>> (32 - bits);
    while (keys[slot] !== 0 && keys[slot] !== gram) slot = (slot + 1) & mask;
    return slot;
  };
  for (const gram of grams) {
    const slot = slotOf(gram);
    keys[slot] = gram;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return {
    take(gram) {
      const slot = slotOf(gram);
      const count = counts[slot] ?? 0;
      if (count > 0) counts[slot] = count - 1;
      return count > 0;
    },
    eachLeft(see) {
      for (let slot = 0; slot < keys.length; slot += 1) {
        for (let left = counts[slot] ?? 0; left > 0; left -= 1) see(keys[slot] ?? 0);
      }
    },
  };
}
