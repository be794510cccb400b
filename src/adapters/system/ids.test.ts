import { describe, expect, it } from 'vitest';
import { createIds } from './ids.ts';

describe('ids', () => {
  it('have the promised form', () => {
    expect(createIds().next('req')).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('sort by time and never repeat', () => {
    let now = 1_750_000_000_000;
    const ids = createIds(() => now);
    const made: string[] = [];
    for (let i = 0; i < 2_000; i += 1) {
      made.push(ids.next('x'));
      now += 1;
    }
    expect(made).toEqual(made.toSorted());
    now = 5;
    const many = new Set(Array.from({ length: 100_000 }, () => ids.next('x')));
    expect(many.size).toBe(100_000);
  });

  it('are as long before 1970 was long ago as in ten thousand years', () => {
    expect(createIds(() => 0).next('a')).toHaveLength(28);
    expect(createIds(() => 2 ** 48).next('a')).toHaveLength(28);
  });
});
