import type { JsonList } from '../journal/json-list.ts';

/** 64 bits that stand for a name, as two signed halves: among ten million names, two share theirs once in 400,000 tries. */
export interface NameHash {
  low: number;
  high: number;
}

/** MurmurHash3's constants and end mix, in two lanes; four bytes at a time. Writes into `hash`, so that none is made. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, hash: NameHash): void {
  let low = to - from;
  let high = 0x9747b28c;
  for (let at = from; at < to; at += 4) {
    const word = at + 4 <= to ? wordAt(bytes, at) : lastWord(bytes, at, to);
    low = Math.imul(low ^ word, 0xcc9e2d51);
    low ^= low >>> 15;
    high = Math.imul((high + word) | 0, 0x1b873593);
    high ^= (high >>> 13) ^ low;
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
  low = Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35) ^ low;
  hash.low = low ^ (low >>> 16);
  hash.high = high ^ (high >>> 13);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/** What is left of a name, filled up with zeros. */
function lastWord(bytes: Uint8Array, from: number, to: number): number {
  let word = 0;
  for (let at = from; at < to; at += 1) word |= (bytes[at] ?? 0) << (8 * (at - from));
  return word;
}

/** The hash of a name that stands in a frame. */
export function hashValue(list: JsonList, place: number, hash: NameHash): void {
  hashBytes(list.bytes, list.start(place) + 1, list.end(place) - 1, hash);
}

/** The same of a name as such: in a frame it is JSON, in quotes. */
export function hashOfName(name: string): Readonly<NameHash> {
  const bytes = Buffer.from(JSON.stringify(name));
  const hash = { low: 0, high: 0 };
  hashBytes(bytes, 1, bytes.length - 1, hash);
  return hash;
}
