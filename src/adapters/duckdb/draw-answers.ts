import type { AnswerDraw } from '../../ports/event-store.ts';
import { rowsOf } from './database.ts';
import { requestCondition } from './filter-sql.ts';
import { createFrameTexts } from './frame-texts.ts';
import type { IndexFile } from './index-file.ts';

/** What a page of scattered requests reads at once. */
const PAGE_BYTES = 4 * 1024;

/** A draw as it crosses to the asking process: the texts of the requests' frames. */
export interface FoundDraw {
  readonly answers: number;
  readonly withText: number;
  readonly frames: readonly string[];
}

/** The order of MD5 is the same for ever, that of the engine's own hash only until its next version. */
export async function drawAnswers(
  { database, words, journalFolder }: IndexFile,
  { salt, size, ...answers }: AnswerDraw,
): Promise<FoundDraw> {
  const { sql, values } = requestCondition({ ...answers, outcome: 'ok' }, words);
  const found = `WITH
    found AS MATERIALIZED (SELECT seq, time, segment, byte, name_low, name_high FROM requests WHERE ${sql}),
    said AS MATERIALIZED (SELECT * FROM found SEMI JOIN texts USING (time, name_low, name_high))`;
  const [counts] = await rowsOf(
    database.asking,
    `${found} SELECT (SELECT count(*) FROM found) AS answers, (SELECT count(*) FROM said) AS with_text`,
    values,
  );
  const drawn = await rowsOf(
    database.asking,
    `${found} SELECT segment, byte FROM said
      ORDER BY md5(concat_ws(':', $salt, name_low, name_high)), seq LIMIT ${Math.trunc(size)}`,
    { ...values, salt },
  );
  const texts = createFrameTexts(journalFolder, 'journal', PAGE_BYTES);
  return {
    answers: Number(counts?.answers),
    withText: Number(counts?.with_text),
    frames: drawn.flatMap(
      (row) => texts.at({ segment: Number(row.segment), offset: Number(row.byte) }) ?? [],
    ),
  };
}
