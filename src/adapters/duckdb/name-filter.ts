/** Knows for certain which names it was never given. */
export interface NameFilter {
  add(name: string): void;
  /** False for one that was never added; true for all others, and for a few of those too. */
  mayHave(name: string): boolean;
}

/** 8 MiB: of ten million names it takes one in twenty for known, of three million one in five hundred. */
const BITS = 2 ** 26;
const PROBES = 3;

/** A Bloom filter. */
export function createNameFilter(): NameFilter {
  const words = new Uint32Array(BITS / 32);
  const visit = (name: string, see: (word: number, bit: number) => boolean): boolean => {
    let a = 0x811c9dc5;
    let b = 0x9747b28c;
    for (let at = 0; at < name.length; at += 1) {
      const unit = name.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x5bd1e995);
    }
    const step = (b ^ (b >>> 15)) | 1;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const place = ((a ^ (a >>> 13)) + Math.imul(probe, step)) >>> 6; // 26 bits
      if (!see(place >>> 5, 1 << (place & 31))) return false;
    }
    return true;
  };
  return {
    add(name) {
      visit(name, (word, bit) => {
        words[word] = (words[word] ?? 0) | bit;
        return true;
      });
    },
    mayHave: (name) => visit(name, (word, bit) => ((words[word] ?? 0) & bit) !== 0),
  };
}
