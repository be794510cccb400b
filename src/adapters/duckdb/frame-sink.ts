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
  /** Numbers of the last requests, by their ids. */
  readonly requests: KeyTable;
  /** One more than the numbers of their sessions; 0 for none. */
  readonly sessionsOfRequests: KeyTable;
  /** Gives the next frame its number. */
  takeSeq(): number;
}

/** A word as it stands in a frame: words are told apart so without making texts. */
export const wordBytes = (word: string): Buffer => Buffer.from(JSON.stringify(word));
