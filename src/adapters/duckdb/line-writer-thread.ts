/** A thread of its own: lines of an export are made of frames while the next rows are found. */
import { parentPort, workerData } from 'node:worker_threads';
import { createCsvBytes } from './csv-bytes.ts';
import { exportedColumns, exportedRow } from './exported-row.ts';
import { saidOf } from './found-request.ts';
import { createFrameTexts } from './frame-texts.ts';
import type { LinesQuestion } from './line-writer.ts';
import { laterOf } from './noted-requests.ts';
import { createRequestLines } from './request-lines.ts';

/** Rows are neighbours: so much is read at once. */
const PAGE_BYTES = 1024 * 1024;

const journalFolder = workerData as string;
const journal = createFrameTexts(journalFolder, 'journal', PAGE_BYTES);
const texts = createFrameTexts(journalFolder, 'texts', PAGE_BYTES);
const [plainLine, lineWithTexts] = [createRequestLines(false), createRequestLines(true)];
const out = createCsvBytes();
const words: string[] = [];
const wordOf = (number: unknown): string | null =>
  typeof number === 'number' ? (words[number] ?? null) : null;

parentPort?.on('message', ({ numbers, withTexts, words: added }: LinesQuestion) => {
  words.push(...added);
  const width = exportedColumns(withTexts).length;
  for (let first = 0; first < numbers.length; first += width) writeRow(numbers, first, withTexts);
  const lines = out.take();
  parentPort?.postMessage(lines, [lines.buffer]);
});

function writeRow(numbers: Int32Array, first: number, withTexts: boolean): void {
  const { place, noted, textPlace } = exportedRow(numbers, first, withTexts);
  const found = journal.bytesAt(place);
  if (found === null) return; // past its keeping
  const later = laterOf(noted, wordOf);
  if (!withTexts) plainLine(out, found, later);
  else lineWithTexts(out, found, { ...later, said: saidOf(textPlace && texts.at(textPlace)) });
}
