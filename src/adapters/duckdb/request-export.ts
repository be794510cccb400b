import type { EventFilter, RowCut } from '../../ports/event-store.ts';
import { numbersOf } from './database.ts';
import { PIECE_BYTES, rowsInSlices } from './export-slices.ts';
import { exportedColumns } from './exported-row.ts';
import { requestCondition } from './filter-sql.ts';
import type { IndexFile } from './index-file.ts';
import { withNotes } from './noted-requests.ts';

/** What is written at once: some 60 KB, or as many texts as fit into memory if all were as long as they may be. */
const ROWS = 256;
const ROWS_WITH_TEXTS = 16;
/** So much is written before it is asked for. */
const MOST_AHEAD = 6;

interface RequestCut extends RowCut {
  readonly withTexts: boolean;
}

/**
 * Lines of CSV in pieces, oldest first: places are found here, lines made of them in a thread. Whoever reads slowly holds
 * all of this back.
 */
export async function* exportRequests(
  file: IndexFile,
  filter: EventFilter,
  cut: RequestCut,
): AsyncGenerator<Uint8Array> {
  const { withTexts } = cut;
  const step = exportedColumns(withTexts).length * (withTexts ? ROWS_WITH_TEXTS : ROWS);
  const ahead: Promise<Uint8Array>[] = [];
  for await (const numbers of placesOf(file, filter, cut)) {
    for (let at = 0; at < numbers.length; at += step) {
      ahead.push(file.lines.write({ numbers: numbers.slice(at, at + step), withTexts }));
      if (ahead.length > MOST_AHEAD) yield* piecesOf(await ahead.shift());
    }
  }
  while (ahead.length > 0) yield* piecesOf(await ahead.shift());
}

/** Where requests stand, and what was noted about them, as the line writer takes it. */
function placesOf(
  { database, words }: IndexFile,
  filter: EventFilter,
  { withTexts, ...cut }: RequestCut,
): AsyncGenerator<Int32Array<ArrayBuffer>> {
  const connection = database.asking;
  const columns = exportedColumns(withTexts);
  return rowsInSlices({
    connection,
    table: 'requests',
    time: 'time',
    condition: requestCondition(filter, words),
    cut,
    async ask({ sql, values, skip, most }) {
      const statement = withNotes({
        found: `SELECT seq, time, segment, byte, name_low, name_high FROM requests WHERE ${sql}`,
        columns: columns.join(', '),
        order: 'found.time, found.seq',
        hasTexts: withTexts,
      });
      const numbers = await numbersOf(connection, statement, values);
      return numbers.subarray(columns.length * skip, columns.length * (skip + most));
    },
  });
}

function* piecesOf(bytes: Uint8Array = new Uint8Array()): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
