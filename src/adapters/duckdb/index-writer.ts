import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position, RawPage } from '../journal/reader.ts';
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

export interface IndexWriter {
  /**
   * Takes frames in a transaction that `commit` ends together with the places behind them. What fails leaves the file as
   * it was and this writer unusable: the process ends and begins again from the file.
   */
  take(page: RawPage): Promise<void>;
  /** Gives the number that the next frame will have. */
  commit(next: Pick<Progress, 'journal' | 'texts' | 'isWhole'>): Promise<number>;
}

export async function openIndexWriter(connection: DuckDBConnection, words: Words): Promise<IndexWriter> {
  const rows = await openFrameRows({ connection, words, nextSeq: (await readProgress(connection)).nextSeq });
  let isBegun = false;
  const begin = async (): Promise<void> => {
    if (!isBegun) await connection.run('BEGIN');
    isBegun = true;
  };
  return {
    async take(page) {
      if (page.frames.length === 0) return;
      await begin();
      await rows.add(page);
    },
    async commit({ journal, texts, isWhole }) {
      await begin();
      await rows.flush();
      await words.flush(connection);
      await connection.run(
        `UPDATE progress SET segment = $1, byte = $2, text_segment = $3, text_at = $4, next_seq = $5, is_whole = $6`,
        [journal.segment, journal.offset, texts.segment, texts.offset, rows.nextSeq(), isWhole],
      );
      await connection.run('COMMIT');
      isBegun = false;
      return rows.nextSeq();
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
