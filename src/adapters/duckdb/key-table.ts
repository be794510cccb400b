/** Remembers the numbers of the names used last; the oldest is forgotten. */
export interface KeyTable {
  get(name: string): number | undefined;
  set(name: string, key: number): void;
}

/** Two generations of `limit` names each: cheaper than keeping every name in the order of its use. */
export function createKeyTable(limit: number): KeyTable {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  const set = (name: string, key: number): void => {
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(name, key);
  };
  return {
    get(name) {
      const found = young.get(name);
      if (found !== undefined) return found;
      const older = old.get(name);
      if (older !== undefined) set(name, older);
      return older;
    },
    set,
  };
}
