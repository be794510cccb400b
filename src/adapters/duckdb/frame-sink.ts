import type { DuckDBConnection } from '@duckdb/node-api';
import type { IndexTables } from './index-tables.ts';
import type { KeyTable } from './key-table.ts';
import type { NameNumbers } from './name-numbers.ts';
import type { Words } from './words.ts';

/** What frames of every kind are made into rows with. */
export interface FrameSink {
  readonly connection: DuckDBConnection;
  readonly words: Words;
  readonly tables: IndexTables;
  readonly numbers: NameNumbers;
  /** Numbers of the last requests, by their ids; beside them those of their sessions, `NO_SESSION` for none. */
  readonly requests: KeyTable;
  /** Gives the next frame its number. */
  takeSeq(): number;
}

export const NO_SESSION = -1;

/** A word as it stands in a frame: words are told apart so without making texts. */
export const wordBytes = (word: string): Buffer => Buffer.from(JSON.stringify(word));
