import { readdirSync, readFileSync } from 'node:fs';

/** What a server has used so far and holds now, its child processes and threads included. */
export interface ProcessCost {
  /** On the way of the requests. */
  readonly cpuMicros: number;
  /** By child processes that work beside it. */
  readonly asideMicros: number;
  readonly rssBytes: number;
}

/**
 * Reads `/proc`, so that a gateway is charged exactly what the kernel charged it: user and system time,
 * garbage collection and helper threads too. `schedstat` counts nanoseconds where `stat` counts hundredths
 * of a second, which is too coarse for a few microseconds a chunk.
 * A child whose command line holds `aside` is counted apart. A thread that ends between two readings takes its time with it; no server here ends threads under load.
 */
export function readCost(rootPid: number, aside: string | null = null): ProcessCost {
  let cpuMicros = 0;
  let asideMicros = 0;
  let rssBytes = 0;
  for (const pid of descendants(rootPid)) {
    const isAside = aside !== null && read(`/proc/${pid}/cmdline`).includes(aside);
    for (const thread of list(`/proc/${pid}/task`)) {
      const micros = Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / 1000;
      if (isAside) asideMicros += micros;
      else cpuMicros += micros;
    }
    rssBytes += 1024 * Number(/VmRSS:\s*(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return { cpuMicros, asideMicros, rssBytes };
}

/** Hard limit of open files; Node and nginx raise their own soft limit up to it. */
export function openFilesMax(): number {
  const limit = /Max open files\s+\d+\s+(\d+|unlimited)/.exec(read('/proc/self/limits'))?.[1];
  return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

function descendants(rootPid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // The command in parentheses may hold spaces; the parent is the second field after it.
    const parent = Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [rootPid];
  for (let index = 0; index < found.length; index++) found.push(...(children.get(found[index] ?? 0) ?? []));
  return found;
}

/** Processes and threads may end between listing and reading; they then count as nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
