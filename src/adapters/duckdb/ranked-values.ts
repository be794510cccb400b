import type { DuckDBConnection } from '@duckdb/node-api';
import { type Row, rowsOf } from './database.ts';

type ValueName = 'latency' | 'ttft';

export interface RankedValue {
  readonly value: ValueName;
  /** Of the arm. */
  readonly place: number;
  /** From 1, over the ascending values of the arm. */
  readonly rank: number;
}

/** Values by their ranks: only the steps in which those lie are sorted. */
export interface RankedValues {
  /** In the order of the question; Infinity behind the last. */
  at(wanted: readonly RankedValue[]): Promise<number[]>;
}

export interface RankOptions {
  readonly connection: DuckDBConnection;
  /** A table with `place`, and of each value its step, such as `latency_step`: larger values are in no smaller one. */
  readonly answers: string;
  readonly values: readonly ValueName[];
}

/** Counts the steps of all values. */
export async function rankValues({ connection, answers, values }: RankOptions): Promise<RankedValues> {
  const steps = new Map<ValueName, Row[]>();
  for (const value of values) {
    const sql = `SELECT place, ${value}_step AS step, count(*) AS n FROM ${answers} WHERE ${value} IS NOT NULL
      GROUP BY place, step ORDER BY step`;
    steps.set(value, await rowsOf(connection, sql));
  }

  /** The step of a rank, and its rank in there; null behind the last. */
  function stepOf({ value, place, rank }: RankedValue) {
    let before = 0;
    for (const row of steps.get(value) ?? []) {
      if (row.place !== place) continue;
      const n = Number(row.n);
      if (rank <= before + n) return { step: Number(row.step), rank: rank - before };
      before += n;
    }
    return null;
  }

  async function valuesIn(value: ValueName, wanted: readonly Required<Found>[]): Promise<Row[]> {
    if (wanted.length === 0) return [];
    const named = wanted.map(({ place, step, rank }) => `(${place}, ${step}, ${rank})`);
    return rowsOf(
      connection,
      `WITH wanted(place, step, rank) AS (VALUES ${named.join(', ')})
       SELECT place, step, rank, value FROM (
         SELECT place, ${value}_step AS step, ${value} AS value,
           row_number() OVER (PARTITION BY place, ${value}_step ORDER BY ${value}) AS rank
         FROM ${answers} WHERE ${value} IS NOT NULL AND ${value}_step IN (${wanted.map(({ step }) => step).join(', ')})
       ) SEMI JOIN wanted USING (place, step, rank)`,
    );
  }

  return {
    async at(wanted) {
      const found = wanted.map((one) => {
        const inStep = stepOf(one);
        return inStep && { value: one.value, place: one.place, ...inStep };
      });
      const rows = new Map<ValueName, Row[]>();
      for (const value of values) {
        const own = found.filter((one) => one?.value === value);
        rows.set(
          value,
          await valuesIn(
            value,
            own.filter((one) => one !== null),
          ),
        );
      }
      return found.map((one) => {
        if (one === null) return Number.POSITIVE_INFINITY;
        const { place, step, rank } = one;
        const row = rows
          .get(one.value)
          ?.find((row) => row.place === place && row.step === step && Number(row.rank) === rank);
        return Number(row?.value ?? Number.NaN);
      });
    },
  };
}

interface Found {
  readonly place: number;
  readonly step: number;
  readonly rank: number;
}
