import { expect, it } from 'vitest';
import { proveIndex } from '../prove/index.ts';

/** Its limits are for the whole proof; here it must only go through and lose nothing. */
it('indexes twenty thousand events beside a gateway, is asked everything and exports them all', async () => {
  const figures = await proveIndex({ events: 20_000, exported: 20_000 });
  const figureOf = (name: string) => figures.find((figure) => figure.name === name)?.value;
  expect(figureOf('models counted otherwise than written')).toBe(0);
  expect(figureOf('rows exported')).toBe(20_000);
  expect(figureOf('of them failed')).toBe(0);
  expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true);
}, 120_000);
