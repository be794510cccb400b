import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openConnection } from './http-client.ts';
import type { Target } from './load-requests.ts';
import { readCost } from './process-cost.ts';
import { buildRequests } from './requests.ts';
import { median } from './statistics.ts';

export interface ChunkFigures {
  readonly chunks: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly cpuMicrosPerChunk: number;
  /** 1 when every chunk arrived by itself; lower when the gateway glued chunks together. */
  readonly readsPerChunk: number;
}

/** Newlines that end one chunk. */
const LINES_PER_CHUNK = { openai: 2, ollama: 1 };

/** Keeps `streams` answers running; each connection asks again when its answer has ended. */
export async function runChunks(run: Target & { readonly streams: number }): Promise<ChunkFigures> {
  const requests = buildRequests(run.spec, run.port);
  let lines = 0;
  let reads = 0;
  let errors = 0;
  let isOver = false;
  const onLines = (count: number): void => {
    lines += count;
    reads++;
  };
  const lanes = Array.from({ length: run.streams }, () => openConnection(run.port, onLines));
  const ask = (lane: Connection, index: number): void => {
    const request = requests[index % requests.length];
    if (!request || isOver) return;
    lane.send(request, (status) => {
      if (status !== 200) errors++;
      if (status !== null) ask(lane, index + run.streams);
    });
  };
  lanes.forEach(ask);
  await sleep(run.warmMs);
  const before = readCost(run.pid).cpuMicros;
  const startedAt = performance.now();
  lines = 0;
  reads = 0;
  await sleep(run.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMicros = readCost(run.pid).cpuMicros - before;
  const chunks = lines / LINES_PER_CHUNK[run.spec.protocol];
  const readsPerChunk = reads / chunks;
  isOver = true;
  for (const lane of lanes) lane.close();
  return {
    chunks,
    errors,
    perSecond: chunks / seconds,
    cpuMicrosPerChunk: cpuMicros / chunks,
    readsPerChunk,
  };
}

export interface HoldFigures {
  /** Streams that had received a chunk when memory was read. */
  readonly open: number;
  readonly errors: number;
  readonly bytesPerStream: number;
  readonly rssBytes: number;
}

/** Streams opened a second: few enough for the slowest server here. */
const OPEN_PER_SECOND = 700;
const OPEN_BATCH = 20;
const OPEN_DEADLINE_MS = 30_000;
const SAMPLE_EVERY_MS = 250;

/** Opens `streams` answers, keeps them all running for `measureMs`, and divides the memory that this added. */
export async function runHold(run: Target & { readonly streams: number }): Promise<HoldFigures> {
  const requests = buildRequests(run.spec, run.port);
  await sleep(run.warmMs);
  const before = readCost(run.pid).rssBytes;
  const lanes: Connection[] = [];
  let open = 0;
  let errors = 0;
  while (lanes.length < run.streams) {
    for (let count = 0; count < OPEN_BATCH && lanes.length < run.streams; count++) {
      let isOpen = false;
      const lane = openConnection(run.port, () => {
        if (!isOpen) open++;
        isOpen = true;
      });
      const request = requests[lanes.length % requests.length];
      // A stream that ends while it should be held has failed, whatever its status.
      if (request) lane.send(request, () => errors++);
      lanes.push(lane);
    }
    await sleep((OPEN_BATCH * 1000) / OPEN_PER_SECOND);
  }
  const deadline = performance.now() + OPEN_DEADLINE_MS;
  while (open < run.streams && errors === 0 && performance.now() < deadline) await sleep(50);
  const samples: number[] = [];
  const until = performance.now() + run.measureMs;
  while (performance.now() < until) {
    samples.push(readCost(run.pid).rssBytes);
    await sleep(SAMPLE_EVERY_MS);
  }
  const rssBytes = median(samples);
  const stillOpen = open - errors;
  for (const lane of lanes) lane.close();
  return { open: stillOpen, errors, bytesPerStream: (rssBytes - before) / stillOpen, rssBytes };
}
