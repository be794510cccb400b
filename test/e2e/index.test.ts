import { expect, it } from 'vitest';
import { proveIndex } from '../prove/index.ts';

/** Its limits are for the whole proof; here it must only go through and lose nothing. */
it('indexes fifty thousand events, is asked everything and exports them all', async () => {
  const figures = await proveIndex({ events: 50_000, exported: 50_000 });
  const figureOf = (name: string) => figures.find((figure) => figure.name === name)?.value;
  expect(figureOf('events in the index')).toBe(50_000);
  expect(figureOf('rows exported')).toBe(50_000);
  expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true);
}, 60_000);
