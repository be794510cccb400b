import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '../http-client.ts';
import type { RequestSpec } from '../requests.ts';

export type GatewayName = 'sluice' | 'nginx' | 'portkey' | 'bare';

/** A server under load. */
export interface Gateway {
  readonly name: GatewayName;
  readonly protocols: Peer['protocols'];
  readonly port: number;
  readonly pid: number;
  /** Part of the command line of child processes that requests do not wait for. */
  readonly aside?: string;
  /** From the spawn to the first good answer of its readiness path; 0 for what was running already. */
  readonly readyMs: number;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** How to get and run one of the servers that are compared. */
export interface Peer {
  readonly name: GatewayName;
  readonly protocols: readonly RequestSpec['protocol'][];
  /** Installs what is missing. The version, or why this server cannot take part. */
  prepare(): Promise<{ readonly version: string } | { readonly missing: string }>;
  start(surroundings: Surroundings): Promise<Gateway>;
}

export interface Surroundings {
  /** The two model servers of the bench: stable, candidate. */
  readonly upstreamPorts: readonly [number, number];
  readonly upstreamPid: number;
  /** A fresh folder for this start. */
  readonly folder: string;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  readonly readyPath: string;
  readonly folder: string;
}

const READY_DEADLINE_MS = 15_000;
const PROBE_EVERY_MS = 5;
const STOPPING = [
  ['SIGTERM', 1200],
  ['SIGTERM', 4000],
  ['SIGKILL', 4000],
] as const;

/** Spawns a server, waits until it answers 200, and can stop it. Its output is shown only when it fails to start. */
export async function startServer(server: ServerCommand): Promise<Pick<Gateway, 'pid' | 'readyMs' | 'stop'>> {
  const logPath = join(server.folder, 'output.log');
  const log = openSync(logPath, 'a');
  const startedAt = performance.now();
  const child = spawn(server.command, server.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...server.env },
  });
  const ended = once(child, 'exit');
  const fail = (why: string): Error =>
    new Error(`${server.command} ${why}:\n${readFileSync(logPath, 'utf8').slice(-2000)}`);
  while ((await probe(server.port, server.readyPath)) !== 200) {
    if (child.exitCode !== null) throw fail(`ended with ${child.exitCode}`);
    if (performance.now() - startedAt > READY_DEADLINE_MS) {
      child.kill('SIGKILL');
      throw fail('was not ready in time');
    }
    await sleep(PROBE_EVERY_MS);
  }
  const readyMs = performance.now() - startedAt;
  const stop = async (): Promise<void> => {
    // A second SIGTERM, not too close to the first, ends a server that is waiting for its streams.
    for (const [signal, patienceMs] of STOPPING) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
    }
  };
  return { pid: child.pid ?? 0, readyMs, stop };
}

/** Status of one GET; 0 while nobody listens. */
export function probe(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const connection = openConnection(port);
    connection.send(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`), (status) => {
      connection.close();
      resolve(status ?? 0);
    });
  });
}

/** A free port below the range from which the kernel takes client ports, so that no client can sit on it. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    return port;
  }
  throw new Error('no free port between 20000 and 32000 on 127.0.0.1');
}
