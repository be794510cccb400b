import { describe, expect, it } from 'vitest';
import { printTable, summarise } from './report.ts';
import type { Results } from './run.ts';

const results = (rounds: Results['rounds']): Results => ({ rounds, faults: [] });
const rowOf = (rounds: Results['rounds'], id: string) =>
  summarise(results(rounds)).find((row) => row.id === id);

describe('summarise', () => {
  it('takes medians and holds ratios to their limits', () => {
    const row = rowOf(
      { cpu_small: { sluice: [90, 100, 500], nginx: [30, 20, 10], portkey: [700, 700, 700] } },
      'cpu_small',
    );
    expect(row?.medians).toEqual({ sluice: 100, nginx: 20, portkey: 700 });
    expect(row?.verdicts).toEqual([
      { limit: '≤ 4 × nginx', value: 5, isMet: false },
      { limit: '≤ 1/8 of Portkey', value: 100 / 700, isMet: false },
    ]);
  });

  it('says "not measured" where a peer is missing, instead of passing', () => {
    const row = rowOf({ cpu_small: { sluice: [90], nginx: [30] } }, 'cpu_small');
    expect(row?.verdicts[0]?.isMet).toBe(true);
    expect(row?.verdicts[1]).toEqual({ limit: '≤ 1/8 of Portkey', value: null, isMet: null });
    expect(printTable(row ? [row] : [])).toContain('≤ 1/8 of Portkey: not measured');
  });

  it('takes the bare upstream of the same round off the 99th percentile', () => {
    const row = rowOf({ p99_steady: { sluice: [3, 9, 4], bare: [1, 8, 3] } }, 'p99_added_steady');
    expect(row?.medians).toEqual({ sluice: 1 });
    expect(row?.verdicts).toEqual([{ limit: '≤ 2 ms', value: 1, isMet: true }]);
  });
});
