import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position } from '../journal/reader.ts';
import type { SearchedPage } from '../journal/searched-page.ts';
import { rowsOf } from './database.ts';
import { openFrameRows } from './frame-rows.ts';
import type { Words } from './words.ts';

export interface Progress {
  readonly journal: Position;
  readonly texts: Position;
  readonly nextSeq: number;
  /** The journal was read to its end once, so that the index answers for all of it. */
  readonly isWhole: boolean;
}

/** Rows that wait in memory. */
const FLUSH_ROWS = 120_000;
/** After so many frames DuckDB's log is emptied into the file: rows are in memory until then. */
const LOG_FRAMES = 4_000_000;

export interface IndexWriter {
  /**
   * Takes frames in a transaction that `commit` ends together with the places behind them. What fails leaves the file as
   * it was and this writer unusable: the process ends and begins again from the file.
   */
  take(page: SearchedPage): Promise<void>;
  /** Gives the number that the next frame will have. The file may still be writing: the next rows are made meanwhile. */
  commit(next: Pick<Progress, 'journal' | 'texts' | 'isWhole'>): Promise<number>;
  /** Resolves when the last commit is in the file. */
  committed(): Promise<void>;
}

export async function openIndexWriter(connection: DuckDBConnection, words: Words): Promise<IndexWriter> {
  const rows = await openFrameRows({ connection, words, nextSeq: (await readProgress(connection)).nextSeq });
  let committing = Promise.resolve();
  let isBegun = false;
  let emptiedSeq = rows.nextSeq();
  const flush = async (): Promise<void> => {
    await committing;
    if (!isBegun) await connection.run('BEGIN');
    isBegun = true;
    await rows.flush();
  };
  const end = async (nextSeq: number): Promise<void> => {
    await connection.run('COMMIT');
    isBegun = false;
    if (nextSeq - emptiedSeq < LOG_FRAMES) return;
    emptiedSeq = nextSeq;
    // DuckDB's own moment is a commit beside which nobody writes, and while much is taken there is none.
    await connection.run('CHECKPOINT').catch(() => {}); // somebody writes: at one of the next
  };
  return {
    async take(page) {
      await rows.add(page);
      if (rows.waiting() >= FLUSH_ROWS) await flush();
    },
    async commit({ journal, texts, isWhole }) {
      await flush();
      await words.flush(connection);
      await connection.run(
        `UPDATE progress SET segment = $1, byte = $2, text_segment = $3, text_at = $4, next_seq = $5, is_whole = $6`,
        [journal.segment, journal.offset, texts.segment, texts.offset, rows.nextSeq(), isWhole],
      );
      committing = end(rows.nextSeq());
      committing.catch(() => {}); // heard by whoever waits for it next
      return rows.nextSeq();
    },
    async committed() {
      await committing;
    },
  };
}

export async function readProgress(connection: DuckDBConnection): Promise<Progress> {
  const [row = {}] = await rowsOf(connection, 'SELECT * FROM progress');
  return {
    journal: { segment: Number(row.segment), offset: Number(row.byte) },
    texts: { segment: Number(row.text_segment), offset: Number(row.text_at) },
    nextSeq: Number(row.next_seq),
    isWhole: row.is_whole === true,
  };
}
