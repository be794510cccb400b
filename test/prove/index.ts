import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenEventStore, openEventStore } from '../../src/adapters/duckdb/event-store.ts';
import { IndexUnavailable } from '../../src/ports/event-store.ts';
import { openSegmentPen, writeCrowd } from '../support/written-events.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

const DAY_MS = 86_400_000;
const FROM_MS = 1_750_000_000_000;
const MIB = 1024 * 1024;
const LINE_END = 0x0a;
/** Of each question, on different windows; the slowest counts. */
const ASKED = 5;

export interface IndexScale {
  readonly events: number;
  /** Rows of the export, at most as many as there are events. */
  readonly exported: number;
}

/** A journal of a month is indexed from nothing, and asked. */
export async function proveIndex({ events, exported }: IndexScale): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-index-'));
  const journalFolder = join(folder, 'journal');
  const toMs = FROM_MS + 30 * DAY_MS;
  const pen = openSegmentPen(journalFolder);
  writeCrowd(pen, { events, seed: 1, fromMs: FROM_MS, toMs });
  pen.close();
  const store = openEventStore({ file: join(folder, 'events.duckdb'), journalFolder });
  try {
    const began = performance.now();
    await untilWhole(store);
    const seconds = (performance.now() - began) / 1000;
    const { requests } = await store.state();
    return [
      atLeast('events in the index', requests, events),
      atLeast('indexed from nothing', requests / seconds, 100_000, 'events/s'),
      ...(await askAll(store, toMs)),
      ...(await exportSome(store, { fromMs: FROM_MS, toMs, rows: Math.min(exported, events) })),
      atMost('memory of the index’s process, at most', peakMiB(store.pid()), 1_536, 'MiB'),
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

async function untilWhole(store: OpenEventStore): Promise<void> {
  try {
    await store.caughtUp();
  } catch (error) {
    if (!(error instanceof IndexUnavailable)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await untilWhole(store);
  }
}

async function askAll(store: OpenEventStore, toMs: number): Promise<Figure[]> {
  const rules = { idleMs: 900_000, nowMs: toMs + DAY_MS };
  const all = { fromMs: FROM_MS, toMs: toMs + DAY_MS };
  const windows = [
    all,
    { fromMs: toMs - 300_000, toMs },
    { fromMs: FROM_MS + 7.3 * DAY_MS, toMs: toMs - 1.7 * DAY_MS },
  ];
  const windowOf = (n: number) => windows[n % windows.length] ?? all;
  const day = (n: number) => ({ fromMs: FROM_MS + n * 5 * DAY_MS, toMs: FROM_MS + (n * 5 + 1) * DAY_MS });
  const page = { limit: 100, after: null };
  const summary = await slowest((n) => store.modelSums(windowOf(n), rules));
  const series = await slowest((n) => store.series({ ...day(n), stepMs: 300_000, modelId: null }, rules));
  const sessions = await slowest((n) => store.sessions(windowOf(n), page, rules));
  const requests = await slowest((n) => store.requests(windowOf(n), page));
  const errors = await slowest((n) =>
    store.requests(
      { ...windowOf(n), onlyFailures: true, errorClasses: ['out_of_memory'], message: 'it FAILED' },
      page,
    ),
  );
  return [
    atMost('summary of any window, slowest', summary, 1_000, 'ms'),
    atMost('series of 24 h in steps of 5 min, slowest', series, 1_000, 'ms'),
    atMost('page of sessions, slowest', sessions, 300, 'ms'),
    atMost('page of requests, slowest', requests, 1_000, 'ms'),
    atMost('page of errors by class and text, slowest', errors, 1_000, 'ms'),
  ];
}

async function slowest(ask: (n: number) => Promise<unknown>): Promise<number> {
  let most = 0;
  for (let n = 0; n < ASKED; n += 1) {
    const began = performance.now();
    await ask(n);
    most = Math.max(most, performance.now() - began);
  }
  return most;
}

async function exportSome(
  store: OpenEventStore,
  { fromMs, toMs, rows }: { readonly fromMs: number; readonly toMs: number; readonly rows: number },
): Promise<Figure[]> {
  const before = process.memoryUsage().rss;
  let [most, done] = [before, 0];
  const began = performance.now();
  const cut = { skip: 0, most: rows, withTexts: false };
  for await (const piece of store.exportRequests({ fromMs, toMs }, cut)) {
    for (const byte of piece) if (byte === LINE_END) done += 1; // no cell of the crowd's has one
    most = Math.max(most, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - began) / 1000;
  return [
    atLeast('rows exported', done, rows),
    atLeast('export', done / seconds, 100_000, 'rows/s'),
    atMost('memory that the asking process took for it', (most - before) / MIB, 128, 'MiB'),
  ];
}

/** Where the system tells it. */
function peakMiB(pid: number | null): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return 0;
  }
}
