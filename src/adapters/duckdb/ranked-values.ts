import type { DuckDBConnection } from '@duckdb/node-api';
import { type Row, rowsOf } from './database.ts';

/** Columns of durations that are sorted into steps, too. */
export type ValueName = 'latency' | 'ttft';

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
  function inStep({ value, place, rank }: RankedValue): InStep | null {
    let before = 0;
    for (const row of steps.get(value) ?? []) {
      if (row.place !== place) continue;
      const n = Number(row.n);
      if (rank <= before + n) return { value, place, step: Number(row.step), rank: rank - before };
      before += n;
    }
    return null;
  }

  async function sorted(value: ValueName, wanted: readonly InStep[]): Promise<Row[]> {
    if (wanted.length === 0) return [];
    const named = wanted.map(({ place, step, rank }) => `(${place}, ${step}, ${rank})`);
    return rowsOf(
      connection,
      `SELECT place, step, rank, value FROM (
         SELECT place, ${value}_step AS step, ${value} AS value,
           row_number() OVER (PARTITION BY place, ${value}_step ORDER BY ${value}) AS rank
         FROM ${answers} WHERE ${value} IS NOT NULL AND ${value}_step IN (${wanted.map(({ step }) => step).join(', ')})
       ) SEMI JOIN (VALUES ${named.join(', ')}) AS wanted(place, step, rank) USING (place, step, rank)`,
    );
  }

  return {
    async at(wanted) {
      const places = wanted.map(inStep);
      const rows = new Map<ValueName, Row[]>();
      for (const value of values) {
        const own = places.filter((place) => place?.value === value);
        rows.set(
          value,
          await sorted(
            value,
            own.filter((place) => place !== null),
          ),
        );
      }
      return places.map((one) => {
        if (one === null) return Number.POSITIVE_INFINITY;
        const is = (row: Row) =>
          row.place === one.place && row.step === one.step && Number(row.rank) === one.rank;
        return Number(rows.get(one.value)?.find(is)?.value ?? Number.NaN);
      });
    },
  };
}

/** A rank within one step. */
interface InStep extends RankedValue {
  readonly step: number;
}
