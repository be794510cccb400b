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
  const before = readCost(run.pid, run.aside).cpuMicros;
  const startedAt = performance.now();
  lines = 0;
  reads = 0;
  await sleep(run.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMicros = readCost(run.pid, run.aside).cpuMicros - before;
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
  /** Streams that had received a chunk when memory was read, and still ran. */
  readonly open: number;
  /** How the others ended: how many with which status, or with a broken connection. */
  readonly ended: Readonly<Record<string, number>>;
  readonly bytesPerStream: number;
  readonly rssBytes: number;
}

/** Streams opened a second: few enough for the slowest server here. */
const OPEN_PER_SECOND = 700;
const OPEN_BATCH = 20;
const OPEN_DEADLINE_MS = 30_000;
const SAMPLE_EVERY_MS = 250;
/** A busy machine overflows a server's accept queue, and the kernel then breaks connections that nobody saw. */
const MAX_RECONNECTS = 1000;

/** Opens `streams` answers, keeps them all running for `measureMs`, and divides the memory that this added. */
export async function runHold(run: Target & { readonly streams: number }): Promise<HoldFigures> {
  await sleep(run.warmMs);
  const before = readCost(run.pid).rssBytes;
  const crowd = createCrowd(run);
  for (let asked = 0; asked < run.streams; asked += OPEN_BATCH) {
    for (let index = asked; index < Math.min(asked + OPEN_BATCH, run.streams); index++) crowd.ask(index);
    await sleep((OPEN_BATCH * 1000) / OPEN_PER_SECOND);
  }
  const deadline = performance.now() + OPEN_DEADLINE_MS;
  while (crowd.open + crowd.failed < run.streams && performance.now() < deadline) await sleep(50);
  const samples: number[] = [];
  const until = performance.now() + run.measureMs;
  while (performance.now() < until) {
    samples.push(readCost(run.pid).rssBytes);
    await sleep(SAMPLE_EVERY_MS);
  }
  const rssBytes = median(samples);
  const { open, ended } = crowd;
  crowd.close();
  return { open, ended, bytesPerStream: (rssBytes - before) / open, rssBytes };
}

interface Crowd {
  readonly open: number;
  readonly failed: number;
  readonly ended: Readonly<Record<string, number>>;
  ask(index: number): void;
  close(): void;
}

/** Clients that each hold one stream. One that ends, whatever its status, has failed. */
function createCrowd({ spec, port }: Target): Crowd {
  const requests = buildRequests(spec, port);
  const lanes = new Set<Connection>();
  const ended: Record<string, number> = {};
  let open = 0;
  let failed = 0;
  let reconnects = 0;
  const ask = (index: number): void => {
    let isOpen = false;
    const lane = openConnection(port, () => {
      if (!isOpen) open++;
      isOpen = true;
    });
    lanes.add(lane);
    lane.send(requests[index % requests.length] ?? Buffer.alloc(0), (status) => {
      lanes.delete(lane);
      if (status === null && !isOpen && reconnects++ < MAX_RECONNECTS) {
        ask(index);
        return;
      }
      const how = status === null ? 'broken' : `status ${status}`;
      ended[how] = (ended[how] ?? 0) + 1;
      failed++;
      if (isOpen) open--;
    });
  };
  return {
    get open() {
      return open;
    },
    get failed() {
      return failed;
    },
    ended,
    ask,
    close() {
      for (const lane of lanes) lane.close();
    },
  };
}
