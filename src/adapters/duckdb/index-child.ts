import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { IndexUnavailable } from '../../ports/event-store.ts';
import { fileBeside } from '../system/file-beside.ts';
import { deleteDatabase } from './delete-database.ts';
import type { ProcessOptions } from './index-process.ts';
import type { Answer, Question } from './messages.ts';

/** A child that died is started again after the first of these, later ones after twice as long, up to the last. */
const BACK_OFF_MS = { first: 250, last: 30_000 };
/** One that lived so long died of something new. */
const HEALTHY_MS = 60_000;
/** So many deaths in a row, and the next one begins with an empty file: the old one may be what kills it. */
const DEATHS_UNTIL_FRESH = 4;
/** Questions that wait for answers; more are refused. */
const MAX_WAITING = 256;
const CLOSE_MS = 3_000;

/**
 * Nearly all that is made of a page is garbage soon after: a young generation that holds much of it is copied seldom, and
 * helpers would wait for each other more than they help. Pages lie outside the heap; counted as part of it, they go with
 * the young objects, and no longer bring about a collection of everything for every few of them (decision 0005).
 */
const COLLECTOR_FLAGS = [
  '--max-semi-space-size=64',
  '--single-threaded-gc',
  '--external-memory-accounted-in-global-limit',
  '--initial-old-space-size=128',
];

const PROCESS_FILE = fileURLToPath(fileBeside(import.meta.url, 'index-process'));

export interface IndexChild {
  /** Rejects with IndexUnavailable while no child can answer, RangeError for a wrong question. */
  ask(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Kills the child and deletes its file; the next one begins with an empty one. Resolves when that one runs. */
  startAfresh(): Promise<void>;
  pid(): number | null;
  close(): Promise<void>;
}

interface ChildOptions extends Omit<ProcessOptions, 'isFresh'> {
  readonly heapMiB: number;
  readonly onTrouble: (message: string) => void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Keeps one child running, and asks it. */
export function startIndexChild({ heapMiB, onTrouble, ...options }: ChildOptions): IndexChild {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  let deaths = 0;
  let lastId = 0;
  let exited = Promise.resolve();

  function start(isFresh: boolean): void {
    timer = null;
    const startedMs = performance.now();
    const started = fork(PROCESS_FILE, [JSON.stringify({ ...options, isFresh } satisfies ProcessOptions)], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${heapMiB}`, ...COLLECTOR_FLAGS],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    started.on('message', (message: Answer) => take(message));
    started.on('error', (error) => onTrouble(`the index of events: ${error.message}`));
    const { promise, resolve } = Promise.withResolvers<void>();
    exited = promise;
    started.once('exit', (code, signal) => {
      if (child === started) child = null;
      for (const { reject } of waiting.values()) reject(new IndexUnavailable('the index stopped'));
      waiting.clear();
      resolve();
      if (isClosed || started.killed) return;
      deaths = performance.now() - startedMs > HEALTHY_MS ? 1 : deaths + 1;
      const delayMs = Math.min(BACK_OFF_MS.last, BACK_OFF_MS.first * 2 ** (deaths - 1));
      onTrouble(`the index of events stopped (${signal ?? code}); started again in ${delayMs} ms`);
      timer = setTimeout(() => start(deaths % DEATHS_UNTIL_FRESH === 0), delayMs);
    });
  }

  function take(message: Answer): void {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok) asked?.resolve(message.value);
    else asked?.reject(errorOf(message));
  }

  start(false);
  return {
    ask(name, ...args) {
      if (!child?.connected)
        return Promise.reject(new IndexUnavailable('the index is not running; it starts again by itself'));
      if (waiting.size >= MAX_WAITING)
        return Promise.reject(new IndexUnavailable('too many questions wait for the index'));
      lastId += 1;
      const question: Question = { id: lastId, name, args };
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(question.id, { resolve, reject });
      // A failing send is followed by the child's end, which rejects all that wait.
      child.send(question, () => {});
      return promise;
    },
    async startAfresh() {
      if (timer) clearTimeout(timer);
      child?.kill('SIGKILL');
      await exited;
      deleteDatabase(options.file);
      if (!isClosed) start(true);
    },
    pid: () => child?.pid ?? null,
    async close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
      const ending = child;
      if (!ending) return;
      if (ending.connected) ending.disconnect();
      const late = setTimeout(() => ending.kill('SIGKILL'), CLOSE_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function errorOf({ kind, message }: Extract<Answer, { readonly ok: false }>): Error {
  if (kind === 'unavailable') return new IndexUnavailable(message);
  return kind === 'range' ? new RangeError(message) : new Error(`the index failed: ${message}`);
}
