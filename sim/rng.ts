/** Repeatable chance: the same seed parts give the same draws on every machine. */
export interface Rng {
  /** In [0, 1). */
  next(): number;
  /** Whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** Always positive; half of the draws lie under the median. Sigma 0.3 gives a P95 of 1.6 × the median. */
  logNormal(median: number, sigma: number): number;
}

/** 32-bit FNV-1a with murmur's finaliser, so that neighbouring seeds give unrelated draws. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Mulberry32 over the hash of the seed parts. */
export function createRng(...seed: readonly (string | number)[]): Rng {
  let state = hash32(seed.join('\u0000'));
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const item = list[int(list.length)];
      if (item === undefined) throw new RangeError('pick: the list is empty');
      return item;
    },
    logNormal: (median, sigma) => {
      // Box–Muller; 1 − next() keeps the logarithm's argument above zero.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
  };
}

/** Hexadecimal digits for ids that look like the real ones. */
export function hexId(rng: Rng, digits: number): string {
  let id = '';
  while (id.length < digits) id += rng.int(16).toString(16);
  return id;
}
