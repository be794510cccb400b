import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { listeningUrl } from './command.ts';
import { ADMIN_KEY } from './sluice.ts';

/** The command as a user starts it. */
export const SLUICE = fileURLToPath(new URL('../../bin/sluice', import.meta.url));

export interface ChildSluice {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly startedInMs: number;
  readonly admin: AdminClient;
  /** Resident memory in bytes. Linux only. */
  memory(): number;
  /** As the power cord: nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL when it does not go. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly dataDir: string;
  readonly nodeArgs?: readonly string[];
  readonly port?: number;
}

/** Starts `sluice start` as a process of its own, as a user would; rejects with what it printed when it does not come up. */
export async function startChildSluice(options: ChildOptions): Promise<ChildSluice> {
  const began = performance.now();
  const { dataDir, nodeArgs = [], port = 0 } = options;
  const args = [
    ...nodeArgs,
    SLUICE,
    'start',
    '--port',
    String(port),
    '--data',
    dataDir,
    '--log-level',
    'silent',
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', SLUICE_ADMIN_KEY: ADMIN_KEY },
  });
  const url = await listeningUrl(child);
  const pid = child.pid ?? 0;
  const gone = once(child, 'exit');
  return {
    url,
    port: Number(new URL(url).port),
    pid,
    startedInMs: performance.now() - began,
    admin: createAdminClient(url, ADMIN_KEY),
    memory: () => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(force);
    },
  };
}
