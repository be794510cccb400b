import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerOptions, startServer } from '../../src/app/server.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';

export interface TestSluice {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly adminKey: string;
  readonly admin: AdminClient;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

export const ADMIN_KEY = 'admin-key-for-tests-0123456789abcdef';

/** A folder of its own for one Sluice: the data lies one level down, because its key file stands beside it. */
export async function makeDataDir(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  return {
    dataDir: join(home, 'data'),
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Starts a Sluice in this process, on a free port, with an empty data folder. Without an admin key it makes its own. */
export async function startSluice(options: Partial<ServerOptions> = {}): Promise<TestSluice> {
  const { dataDir, remove } = await makeDataDir();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    configFile: null,
    allowedHosts: [],
    adminKey: ADMIN_KEY,
    secretKey: null,
    logLevel: 'silent',
    ...options,
  });
  const adminKey = options.adminKey ?? server.adminKeyText ?? ADMIN_KEY;
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    dataDir,
    adminKey,
    admin: createAdminClient(server.url, adminKey),
    async close() {
      await server.close();
      await remove();
    },
  };
}
