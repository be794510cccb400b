import { Worker } from 'node:worker_threads';
import { fileBeside } from '../system/file-beside.ts';
import type { Position } from './reader.ts';
import type { SearchedPage } from './searched-page.ts';
import type { LogName } from './segment-files.ts';

const WORKER_FILE = fileBeside(import.meta.url, 'page-reader-thread');

export interface PageQuestion {
  readonly log: LogName;
  readonly from: Position;
}

/** Reads pages in a thread of its own, some of them ahead while there are more. */
export interface PageReader {
  /** As `readRawPage`; one at a time. Rejects, now and from then on, where the folder or a file cannot be read. */
  read(question: PageQuestion): Promise<SearchedPage>;
}

/** The thread lasts as long as the process, and does not hold it. */
export function openPageReader(folder: string): PageReader {
  const worker = new Worker(WORKER_FILE, { workerData: folder });
  let asked: PromiseWithResolvers<SearchedPage> | null = null;
  let failure: Error | null = null;
  worker.unref();
  worker.on('message', (page: SearchedPage) => {
    const { buffer, byteOffset, length } = page.bytes;
    asked?.resolve({ ...page, bytes: Buffer.from(buffer, byteOffset, length) });
  });
  worker.on('error', (error) => {
    failure = error;
    asked?.reject(error);
  });
  return {
    read(question) {
      if (failure) return Promise.reject(failure);
      asked = Promise.withResolvers<SearchedPage>();
      worker.postMessage(question);
      return asked.promise;
    },
  };
}
