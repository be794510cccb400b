/** Growing one of many small tables never holds up the event loop; growing one big table would. */
const SHARDS = 256;
const INITIAL_SLOTS = 64;
const MAX_LOAD = 0.7;
/** In place of a time; in the year 2106. */
const FORGOTTEN = 0xffff_ffff;

interface Shard {
  /** 52-bit keys plus one, so that 0 means empty. */
  keys: Float64Array;
  seconds: Uint32Array;
  used: number;
}

/** Map from a 52-bit number to a time in whole seconds: 12 bytes a slot, in shards of open addressing. */
export interface FirstSeenTable {
  readonly size: number;
  get(key: number): number | undefined;
  /** Adds a key that is not there. */
  add(key: number, seconds: number): void;
  /** The key is then no longer there. */
  forget(key: number): void;
}

export function createFirstSeenTable(): FirstSeenTable {
  const shards = Array.from({ length: SHARDS }, (): Shard => emptyShard(INITIAL_SLOTS));
  let size = 0;
  const shardOf = (key: number): Shard => shards[key % SHARDS] as Shard;
  return {
    get size() {
      return size;
    },
    get(key) {
      const shard = shardOf(key);
      const slot = slotOf(shard, key);
      const seconds = shard.seconds[slot];
      return shard.keys[slot] === 0 || seconds === FORGOTTEN ? undefined : seconds;
    },
    add(key, seconds) {
      const shard = shardOf(key);
      if (shard.used >= shard.keys.length * MAX_LOAD) grow(shard);
      put(shard, key, seconds);
      size += 1;
    },
    forget(key) {
      const shard = shardOf(key);
      const slot = slotOf(shard, key);
      if (shard.keys[slot] === 0 || shard.seconds[slot] === FORGOTTEN) return;
      shard.seconds[slot] = FORGOTTEN; // the key keeps its slot: others may have been put behind it
      size -= 1;
    },
  };
}

function emptyShard(slots: number): Shard {
  return { keys: new Float64Array(slots), seconds: new Uint32Array(slots), used: 0 };
}

/** The slot that holds `key`, or the empty one where it belongs. */
function slotOf(shard: Shard, key: number): number {
  const { keys } = shard;
  let slot = Math.floor(key / SHARDS) % keys.length;
  while (keys[slot] !== 0 && keys[slot] !== key + 1) slot = (slot + 1) % keys.length;
  return slot;
}

function put(shard: Shard, key: number, seconds: number): void {
  const slot = slotOf(shard, key);
  if (shard.keys[slot] === 0) shard.used += 1;
  shard.keys[slot] = key + 1;
  shard.seconds[slot] = seconds;
}

function grow(shard: Shard): void {
  const { keys, seconds } = shard;
  Object.assign(shard, emptyShard(keys.length * 2));
  keys.forEach((key, slot) => {
    const time = seconds[slot] ?? 0;
    if (key !== 0 && time !== FORGOTTEN) put(shard, key - 1, time);
  });
}
