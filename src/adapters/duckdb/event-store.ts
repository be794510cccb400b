import { setImmediate } from 'node:timers/promises';
import {
  type EventStore,
  type GateSums,
  type IdentitySums,
  type IndexState,
  IndexUnavailable,
  type Page,
  type SeriesStep,
  type SessionRow,
} from '../../ports/event-store.ts';
import type { ExposureStore, ExposureSums } from '../../ports/exposure-sums.ts';
import type { FoundDraw } from './draw-answers.ts';
import { type FoundRequest, recordOf, requestOf, saidOf } from './found-request.ts';
import { type IndexChild, startIndexChild } from './index-child.ts';
import { releaseBytes } from './release-bytes.ts';
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

export interface OpenEventStore extends EventStore, ExposureStore {
  /** Of the process that answers; null between two. */
  pid(): number | null;
}

const MEMORY_MIB = 768;
const THREADS = 2;
/** Each time adds a row for every model and step of duration in an hour: many fewer than frames. */
const BLOCK_FRAMES = 200_000;
const HEAP_MIB = 384;
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
    gateSums: async (query) => (await child.ask('gateSums', query)) as GateSums,
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
    said: async (key) => saidOf((await child.ask('said', key)) as string | null),
    exportRequests: (filter, cut) => exported(child, 'exportRequests', filter, cut),
    exportSessions: (filter, cut, rules) => exported(child, 'exportSessions', filter, cut, rules),
    exposureSums: async (query, rules) => (await child.ask('exposureSums', query, rules)) as ExposureSums,
    async drawAnswers(draw) {
      const { frames, ...counts } = (await child.ask('drawAnswers', draw)) as FoundDraw;
      return { ...counts, drawn: frames.map(recordOf) };
    },
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

/** Of an export; 64 KiB each. */
const PIECES_AHEAD = 4;
/** As many bytes are passed on until those that were are let go of. */
const RELEASE_EVERY_BYTES = 16 * 1024 * 1024;

async function* exported(child: IndexChild, name: string, ...args: unknown[]): AsyncGenerator<Uint8Array> {
  const id = await child.ask(name, ...args);
  let passedBytes = 0;
  const next = () => {
    const asked = child.ask('next', id) as Promise<Uint8Array | null>;
    asked.catch(() => {}); // heard where it is awaited, if it still is
    return asked;
  };
  try {
    // Some pieces ahead, so that neither process waits for the other.
    const ahead = Array.from({ length: PIECES_AHEAD }, next);
    for (;;) {
      const piece = (await ahead.shift()) ?? null;
      if (piece === null) return;
      ahead.push(next());
      yield piece;
      passedBytes += piece.length;
      if (passedBytes >= RELEASE_EVERY_BYTES) {
        passedBytes = 0;
        releaseBytes();
      }
      await setImmediate(); // requests have their turn
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
