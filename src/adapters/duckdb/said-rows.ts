import type { TextKey } from '../../ports/event-store.ts';
import { rowsOf } from './database.ts';
import { createFrameTexts } from './frame-texts.ts';
import type { IndexFile } from './index-file.ts';
import { hashOfName } from './name-hash.ts';

/** One text alone is read at once; a longer one in steps. */
const PAGE_BYTES = 4 * 1024;

/** The text of the frame that was written under this name at this time; the newest, where there are several. */
export async function textOfKey(
  { database, journalFolder }: IndexFile,
  { requestId, timeMs }: TextKey,
): Promise<string | null> {
  const { low, high } = hashOfName(requestId);
  const [row] = await rowsOf(
    database.asking,
    `SELECT segment, byte FROM texts WHERE time = $time AND name_low = ${low} AND name_high = ${high}
      ORDER BY segment DESC, byte DESC LIMIT 1`,
    { time: timeMs },
  );
  if (!row) return null;
  const texts = createFrameTexts(journalFolder, 'texts', PAGE_BYTES);
  return texts.at({ segment: Number(row.segment), offset: Number(row.byte) });
}
