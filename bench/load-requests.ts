import { type Connection, openConnection } from './http-client.ts';
import { readCost } from './process-cost.ts';
import { buildRequests, type RequestSpec } from './requests.ts';
import { percentile } from './statistics.ts';

/** Where the load goes, and whose CPU time is charged. */
export interface Target {
  readonly port: number;
  readonly pid: number;
  readonly aside: string | null;
  readonly spec: RequestSpec;
  readonly warmMs: number;
  readonly measureMs: number;
}

export interface RequestFigures {
  readonly requests: number;
  /** Answers other than 200, and broken connections. */
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
  readonly asideMicrosPerRequest: number;
}

/** As fast as the gateway answers: each connection sends its next request when the last is answered. */
export async function runClosed(run: Target & { readonly connections: number }): Promise<RequestFigures> {
  const meter = createMeter(run);
  const requests = buildRequests(run.spec, run.port);
  let next = 0;
  const lanes = Array.from({ length: run.connections }, () => openConnection(run.port));
  for (const lane of lanes) {
    const send = (): void => {
      const request = requests[next++ % requests.length];
      if (!request || meter.isOver()) return;
      const sentAt = performance.now();
      lane.send(request, (status) => {
        meter.record(sentAt, status === 200);
        if (status !== null) send();
      });
    };
    send();
  }
  const figures = await meter.done;
  for (const lane of lanes) lane.close();
  return figures;
}

/** Idle connections kept for the open loop; at a thousand requests a second this is 128 ms of answers. */
const MAX_CONNECTIONS = 128;

/**
 * A fixed rate that does not wait for answers. A request that finds every connection taken waits for one,
 * and its latency counts from when it was due, so that a slow gateway cannot hide its queue.
 */
export async function runOpen(run: Target & { readonly perSecond: number }): Promise<RequestFigures> {
  const meter = createMeter(run);
  const requests = buildRequests(run.spec, run.port);
  const idle: Connection[] = Array.from({ length: MAX_CONNECTIONS }, () => openConnection(run.port));
  const lanes = [...idle];
  const late: number[] = [];
  const startedAt = performance.now();
  let sent = 0;
  const send = (lane: Connection, sinceMs: number): void => {
    const request = requests[sent % requests.length];
    if (!request) return;
    lane.send(request, (status) => {
      meter.record(sinceMs, status === 200);
      const dueMs = late.shift();
      if (dueMs !== undefined) send(lane, dueMs);
      else if (status !== null) idle.push(lane);
    });
  };
  const timer = setInterval(() => {
    const now = performance.now();
    const due = Math.floor(((now - startedAt) * run.perSecond) / 1000);
    for (; sent < due; sent++) {
      const lane = idle.pop();
      if (lane) send(lane, now);
      else late.push(now);
    }
  }, 1);
  const figures = await meter.done;
  clearInterval(timer);
  for (const lane of lanes) lane.close();
  return figures;
}

/** Counts between the end of the warm-up and the end of the run; reads the CPU time at both ends. */
function createMeter(run: Target): {
  isOver(): boolean;
  record(sinceMs: number, isGood: boolean): void;
  done: Promise<RequestFigures>;
} {
  const latenciesMs: number[] = [];
  let errors = 0;
  let isMeasuring = false;
  let isOver = false;
  const measure = async (): Promise<RequestFigures> => {
    await sleep(run.warmMs);
    const before = readCost(run.pid, run.aside);
    const startedAt = performance.now();
    isMeasuring = true;
    await sleep(run.measureMs);
    isMeasuring = false;
    isOver = true;
    const seconds = (performance.now() - startedAt) / 1000;
    const after = readCost(run.pid, run.aside);
    const requests = latenciesMs.length;
    const sorted = Float64Array.from(latenciesMs).sort();
    return {
      requests,
      errors,
      perSecond: requests / seconds,
      p50Ms: percentile(sorted, 50),
      p99Ms: percentile(sorted, 99),
      cpuMicrosPerRequest: (after.cpuMicros - before.cpuMicros) / requests,
      asideMicrosPerRequest: (after.asideMicros - before.asideMicros) / requests,
    };
  };
  return {
    isOver: () => isOver,
    record(sinceMs, isGood) {
      if (!isMeasuring) return;
      latenciesMs.push(performance.now() - sinceMs);
      if (!isGood) errors++;
    },
    done: measure(),
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
