import { setImmediate } from 'node:timers/promises';
import { readFrame } from '../../contract/frame.ts';
import {
  type EventStore,
  type IdentitySums,
  type IndexState,
  IndexUnavailable,
  type Page,
  type RequestRow,
  type SaidRow,
  type SeriesStep,
  type SessionRow,
} from '../../ports/event-store.ts';
import { type IndexChild, startIndexChild } from './index-child.ts';
import type { FoundRequest } from './messages.ts';
import type { SumsQuery } from './sums.ts';

export interface EventStoreOptions {
  /** Of the index; what lies there is deleted where it cannot be used. */
  readonly file: string;
  readonly journalFolder: string;
  /** Most memory of DuckDB's; with Node's heap and its own the process takes about 250 MiB more. */
  readonly memoryMiB?: number;
  readonly threads?: number;
  /** Sums by hour are made of so many frames at a time. */
  readonly blockFrames?: number;
  readonly onTrouble?: (message: string) => void;
}

export interface OpenEventStore extends EventStore {
  /** Of the process that answers; null between two. */
  pid(): number | null;
}

const MEMORY_MIB = 768;
const THREADS = 2;
/** Each time adds a row for every model and step of duration in an hour: many fewer than frames. */
const BLOCK_FRAMES = 200_000;
const HEAP_MIB = 384;
/** Rows that are made out of frames at a time: about a millisecond of the event loop. */
const ROWS_A_TURN = 250;
/** A rebuild outlives so many deaths of the process that does it. */
const REBUILD_TRIES = 5;

/** The index of the journal, in a process of its own that begins at once to read on. */
export function openEventStore(options: EventStoreOptions): OpenEventStore {
  const { file, journalFolder, onTrouble = () => {} } = options;
  const { memoryMiB = MEMORY_MIB, threads = THREADS, blockFrames = BLOCK_FRAMES } = options;
  const limits = { memoryMiB, threads, blockFrames, heapMiB: HEAP_MIB };
  const child = startIndexChild({ file, journalFolder, ...limits, onTrouble });
  const sums = async (query: SumsQuery) => (await child.ask('sums', query)) as SeriesStep[];
  return {
    async modelSums(range, rules) {
      const steps = await sums({ ...range, ...rules, stepMs: null, modelId: null });
      return steps.map(({ modelId, attempts, sessions }) => ({ modelId, attempts, sessions }));
    },
    series: (range, rules) => sums({ ...range, ...rules }),
    async requests(filter, page) {
      const { items, next } = (await child.ask('requests', filter, page)) as Page<FoundRequest>;
      return { items: items.map(requestOf), next };
    },
    sessions: async (filter, page, rules) =>
      (await child.ask('sessions', filter, { ...page, ...rules })) as Page<SessionRow>,
    async session(id, rules) {
      const found = await child.ask('session', id, rules);
      if (found === null) return null;
      const { session, requests } = found as { session: SessionRow; requests: FoundRequest[] };
      return {
        session,
        requests: requests.map(requestOf),
        said: requests.flatMap(({ said }) => saidOf(said) ?? []),
      };
    },
    async *exportRequests(filter, withTexts) {
      for await (const found of exported<FoundRequest>(child, 'exportRequests', filter, withTexts)) {
        for (let from = 0; from < found.length; from += ROWS_A_TURN) {
          yield found
            .slice(from, from + ROWS_A_TURN)
            .map((row) => (withTexts ? { ...requestOf(row), said: saidOf(row.said) } : requestOf(row)));
          await setImmediate(); // requests have their turn
        }
      }
    },
    exportSessions: (filter, rules) => exported<SessionRow>(child, 'exportSessions', filter, rules),
    identitySums: async (range) => (await child.ask('identitySums', range)) as IdentitySums,
    state: async () => (await child.ask('state')) as IndexState,
    caughtUp: async () => void (await child.ask('caughtUp')),
    discard: () => child.startAfresh(),
    async rebuild() {
      await child.startAfresh();
      await persist(() => child.ask('caughtUp'));
    },
    pid: child.pid,
    close: () => child.close(),
  };
}

async function* exported<T>(child: IndexChild, name: string, ...args: unknown[]): AsyncGenerator<T[]> {
  const id = await child.ask(name, ...args);
  const next = () => {
    const asked = child.ask('next', id) as Promise<T[] | null>;
    asked.catch(() => {}); // heard where it is awaited, if it still is
    return asked;
  };
  try {
    // One batch ahead, so that both processes work at once.
    for (let ahead = next(); ; ) {
      const rows = await ahead;
      if (rows === null) return;
      ahead = next();
      if (rows.length > 0) yield rows;
    }
  } finally {
    await child.ask('end', id).catch(() => {}); // gone with its process
  }
}

async function persist(attempt: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof IndexUnavailable) || tried === REBUILD_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

function requestOf({ frame, found }: FoundRequest): RequestRow {
  const read = readFrame(frame);
  if (read?.kind !== 'request') throw new Error('the index points to a frame that is no request; rebuild it');
  return { ...read.record, ...found };
}

function saidOf(text: string | null): SaidRow | null {
  const read = text === null ? null : readFrame(text);
  if (read?.kind !== 'text') return null; // erased since it was indexed
  const { request_id, messages, answer, thinking, is_cut } = read.record;
  return { request_id, messages, answer, thinking, is_cut };
}
