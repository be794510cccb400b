import { expect, it } from 'vitest';
import { proveConsole } from '../prove/console.ts';
import { broken } from '../prove/figure.ts';

/** Its times are for the whole proof on a quiet machine; here it must only go through. */
it('comes within its size, scrolls a long list and shows a long answer', { timeout: 180_000 }, async () => {
  const figures = await proveConsole({
    loads: 1,
    conversations: 5_000,
    hurried: 1_000,
    scrolled: 1_000,
    characters: 20_000,
  });
  const isTime = ({ unit, name }: (typeof figures)[number]) => unit === 'ms' || name.startsWith('pauses');
  expect(broken(figures.filter((figure) => !isTime(figure)))).toEqual([]);
  expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true);
});
