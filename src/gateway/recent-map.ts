/**
 * A map that forgets what was not used for longest, roughly: entries live in two halves, a use brings an entry into
 * the young half, and when that is full the old half is let go. A use costs no more than in a plain map, where
 * a strict order of use would delete and insert each time.
 */
export interface RecentMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  /** Removes the entries that `isGone` is true of. Looks at all. */
  remove(isGone: (value: V, key: K) => boolean): void;
  /** Every entry, the more recently used half last. */
  values(): Iterable<V>;
}

/** Holds at least half of `maxEntries` and at most all of them. */
export function createRecentMap<K, V>(maxEntries: number): RecentMap<K, V> {
  let young = new Map<K, V>();
  let old = new Map<K, V>();

  const set = (key: K, value: V): void => {
    young.set(key, value);
    if (young.size < maxEntries / 2) return;
    old = young;
    young = new Map();
  };

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
    remove(isGone) {
      for (const half of [old, young])
        for (const [key, value] of half) if (isGone(value, key)) half.delete(key);
    },
    *values() {
      yield* old.values();
      yield* young.values();
    },
  };
}
