import type { Database } from './database.ts';
import type { LineWriter } from './line-writer.ts';
import type { Words } from './words.ts';

/** What every question needs. */
export interface IndexFile {
  readonly database: Database;
  readonly words: Words;
  /** Where the frames are that the rows point to. */
  readonly journalFolder: string;
  readonly lines: LineWriter;
}
