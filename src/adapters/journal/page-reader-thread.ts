/** A thread of its own: a long journal is read, checked and searched while another makes something of it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PageQuestion } from './page-reader.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import { readRawPage } from './reader.ts';
import { createPageSearch, type SearchedPage } from './searched-page.ts';
import type { LogName } from './segment-files.ts';

const folder = workerData as string;
const search = createPageSearch();
const logs: Readonly<Record<LogName, ReadAhead<SearchedPage>>> = {
  journal: createReadAhead((from) => search(readRawPage({ folder, log: 'journal', from }))),
  texts: createReadAhead((from) => search(readRawPage({ folder, log: 'texts', from }))),
};

parentPort?.on('message', ({ log, from }: PageQuestion) => {
  const page = logs[log].take(from);
  const { bytes, frames, places } = page;
  // The bytes of an empty page may be those of the next one, too.
  const given = page.count === 0 ? [] : [bytes.buffer as ArrayBuffer, frames.buffer, places.buffer];
  parentPort?.postMessage(page, given);
  setImmediate(readOn, logs[log]);
});

/** A page in a turn, so that who asks need not wait for all. */
function readOn(log: ReadAhead<SearchedPage>): void {
  if (log.readOn()) setImmediate(readOn, log);
}
