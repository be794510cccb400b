import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { IndexReport } from '../../contract/analysis.ts';
import { dataPaths } from '../data-folder.ts';
import type { AdminClient } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import { DEFAULT_DATA, type GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';

export interface RebuildFlags extends GatewayFlags {
  readonly data?: string;
}

/** How often the progress is asked for, and how often a person is told. */
const ASK_EVERY_MS = 250;
const TELL_EVERY_MS = 2_000;

/** Makes the index again: through the gateway that runs, or by itself on the data folder of one that does not. */
export async function rebuildIndex(flags: RebuildFlags, shell: Shell): Promise<number> {
  const began = Date.now();
  const client = await runningGateway(flags, shell);
  const tell = teller(shell);
  const done =
    client === null
      ? await rebuildFolder(resolve(flags.data ?? shell.environment.data ?? DEFAULT_DATA), tell)
      : await rebuildThrough(client, tell);
  const seconds = (Date.now() - began) / 1000;
  const requests = (done.requests ?? 0).toLocaleString('en');
  print(
    shell,
    flags,
    { ...done, seconds },
    () => `The index is made again from the journal: ${requests} requests in ${seconds.toFixed(1)} s.`,
  );
  return 0;
}

/** Null where nobody answers and nobody was named: then the folder is ours. */
async function runningGateway(flags: RebuildFlags, shell: Shell): Promise<AdminClient | null> {
  if (flags.data !== undefined) return null;
  const client = openClient(flags, shell);
  try {
    await client.probe('/healthz');
    return client;
  } catch (error) {
    if (flags.url !== undefined || shell.environment.url !== null) throw error;
    return null;
  }
}

async function rebuildThrough(client: AdminClient, tell: Tell): Promise<IndexReport> {
  await client.call('POST', '/index/rebuild');
  for (;;) {
    const report = await client.call<IndexReport>('GET', '/index');
    if (report.state === 'ready') return report;
    tell(report.progress);
    await delay(ASK_EVERY_MS);
  }
}

async function rebuildFolder(root: string, tell: Tell): Promise<IndexReport> {
  const { journalFolder, indexFile } = dataPaths(root);
  if (!existsSync(journalFolder)) {
    throw new CliError(`no gateway answers, and ${root} is no data folder; name one with --url or --data`);
  }
  const [{ openEventStore }, { isDatabaseInUse }] = await Promise.all([
    import('../../adapters/duckdb/event-store.ts'),
    import('../../adapters/duckdb/is-database-in-use.ts'),
  ]);
  if (await isDatabaseInUse(indexFile)) {
    throw new CliError(`a gateway uses ${root}; name its address with --url, without --data`);
  }
  const store = openEventStore({ file: indexFile, journalFolder });
  try {
    let isDone = false;
    const rebuilt = store.rebuild().finally(() => {
      isDone = true;
    });
    while (!isDone) {
      const state = await store.state().catch(() => null); // it starts
      tell(state?.rebuilding ?? null);
      await Promise.race([rebuilt, delay(ASK_EVERY_MS)]);
    }
    await rebuilt;
    const { requests, lagBytes } = await store.state();
    return { state: 'ready', requests, lag_bytes: lagBytes, progress: null };
  } finally {
    await store.close();
  }
}

type Tell = (progress: number | null) => void;

/** On standard error, so that `--json` stays alone on the other. */
function teller(shell: Shell): Tell {
  let nextMs = Date.now() + TELL_EVERY_MS;
  return (progress) => {
    if (Date.now() < nextMs || progress === null) return;
    shell.err(`sluice: ${Math.floor(progress * 100)} % of the journal is read`);
    nextMs = Date.now() + TELL_EVERY_MS;
  };
}
