import { Worker } from 'node:worker_threads';
import { fileBeside } from '../system/file-beside.ts';
import type { Words } from './words.ts';

const WORKER_FILE = fileBeside(import.meta.url, 'line-writer-thread');

/** Requests as rows of numbers, which are given away. */
export interface LineRows {
  readonly numbers: Int32Array<ArrayBuffer>;
  readonly withTexts: boolean;
}

/** What the thread is asked. */
export interface LinesQuestion extends LineRows {
  /** Those that are new since the last time. */
  readonly words: readonly string[];
}

/** Writes lines of CSV in a thread of its own: reading frames and making text of them is most of the work of an export. */
export interface LineWriter {
  /** Answers come in order. Rejects where the thread fails; the next rows are written by another. */
  write(rows: LineRows): Promise<Uint8Array>;
}

interface Thread {
  ask(question: LineRows): Promise<Uint8Array>;
}

/** The thread begins with the first rows, lasts as long as the process, and does not hold it. */
export function openLineWriter(journalFolder: string, words: Pick<Words, 'since'>): LineWriter {
  let thread: Thread | null = null;
  const end = (): void => {
    thread = null;
  };
  return {
    write(rows) {
      thread ??= startThread(journalFolder, words, end);
      return thread.ask(rows);
    },
  };
}

function startThread(journalFolder: string, words: Pick<Words, 'since'>, onEnd: () => void): Thread {
  const worker = new Worker(WORKER_FILE, { workerData: journalFolder });
  const asked: PromiseWithResolvers<Uint8Array>[] = [];
  let sentWords = 0;
  worker.unref();
  worker.on('message', (lines: Uint8Array) => asked.shift()?.resolve(lines));
  worker.on('error', (error) => {
    onEnd();
    for (const { reject } of asked) reject(error);
  });
  return {
    ask(rows) {
      const waiting = Promise.withResolvers<Uint8Array>();
      waiting.promise.catch(() => {}); // heard where it is awaited, if it still is
      asked.push(waiting);
      const added = words.since(sentWords);
      sentWords += added.length;
      worker.postMessage({ ...rows, words: added } satisfies LinesQuestion, [rows.numbers.buffer]);
      return waiting.promise;
    },
  };
}
