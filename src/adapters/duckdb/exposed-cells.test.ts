import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { rowsOf } from './database.ts';
import { cellOf, cellsSql } from './exposed-cells.ts';

it('counts nothing of a user without a denominator, or with less than none', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const users =
    'SELECT arm, m::DOUBLE AS m, d::DOUBLE AS d FROM (VALUES (0, 4, 2), (0, 5, 0), (0, 3, -2), (0, 0, 3)) AS users(arm, m, d)';
  const parts = [{ metric: 'tokens_per_second', m: 'm', d: 'd' }] as const;
  const [row] = await rowsOf(connection, cellsSql(parts, users, 'arm'));
  expect(cellOf(row, 0)).toEqual({
    sums: { type: 'ratio', n: 2, mSum: 4, mSumSquares: 16, dSum: 5, dSumSquares: 13, mdSum: 8 },
    usersWithEvent: 1,
  });
  connection.closeSync();
  instance.closeSync();
});
