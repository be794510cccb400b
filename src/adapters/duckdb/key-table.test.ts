import { describe, expect, it } from 'vitest';
import { createKeyTable } from './key-table.ts';
import { createNameFilter } from './name-filter.ts';
import { hashOfName } from './name-hash.ts';

const nameOf = (n: number): string => `ses_${n.toString(36)}`;

describe('a table of names', () => {
  it('finds every number through its growth', () => {
    const table = createKeyTable(50_000);
    for (let n = 0; n < 40_000; n += 1) table.set(hashOfName(nameOf(n)), n, n % 7);
    for (let n = 0; n < 40_000; n += 1) {
      expect(table.get(hashOfName(nameOf(n)))).toBe(n);
      expect(table.besideOf(hashOfName(nameOf(n)))).toBe(n % 7);
    }
    expect(table.get(hashOfName('another'))).toBeUndefined();
    expect(table.besideOf(hashOfName('another'))).toBeUndefined();
  });

  it('forgets the names that were used longest ago', () => {
    const table = createKeyTable(100);
    for (let n = 0; n < 1_000; n += 1) {
      table.set(hashOfName(nameOf(n)), n, -n);
      expect(table.get(hashOfName(nameOf(0)))).toBe(0); // in use all the time
    }
    expect(table.besideOf(hashOfName(nameOf(999)))).toBe(-999);
    expect(table.get(hashOfName(nameOf(500)))).toBeUndefined();
    expect(table.get(hashOfName(nameOf(999)))).toBe(999);
  });
});

describe('a filter of names', () => {
  it('never denies what it was given, and seldom claims what it was not', () => {
    const filter = createNameFilter();
    for (let n = 0; n < 50_000; n += 1) filter.add(hashOfName(nameOf(n)));
    let claimed = 0;
    for (let n = 0; n < 50_000; n += 1) {
      expect(filter.mayHave(hashOfName(nameOf(n)))).toBe(true);
      if (filter.mayHave(hashOfName(nameOf(n + 50_000)))) claimed += 1;
    }
    expect(claimed).toBeLessThan(5);
  });
});

describe('a hash of names', () => {
  it('tells hundreds of thousands of names apart', () => {
    const seen = new Set<bigint>();
    for (let n = 0; n < 300_000; n += 1) {
      const { low, high } = hashOfName(nameOf(n));
      seen.add((BigInt(high) << 32n) | BigInt(low >>> 0));
    }
    expect(seen.size).toBe(300_000);
  });
});
