import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAsker } from '../support/asker.ts';
import { type ChildSluice, startChildSluice } from '../support/child-sluice.ts';
import { makeDataDir } from '../support/sluice.ts';
import { modelInput, startQuickModels } from '../support/world.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface AlertScale {
  /** To each of the two gateways. */
  readonly requests: number;
}

const CHANNELS = 8;
/** A process that has served nothing yet is slow in its own way. */
const WARM_UP = 200;
/** Of a run, each compared by itself. */
const PARTS = 15;
/** From one request to the next: 200 a second over both. */
const PACE_MS = 5;

/**
 * Two gateways, request by request in turn: one whose mail servers and webhooks all accept and then say nothing, with
 * alerts that wait for them, and one that has nothing to tell. What the first takes longer is what alerts cost a request.
 */
export async function proveAlerts({ requests }: AlertScale): Promise<Figure[]> {
  const hung = await startHungServer();
  const sim = await startQuickModels(['m']);
  const telling = await startGateway(sim.url);
  const quiet = await startGateway(sim.url);
  try {
    await addHungChannels(telling.sluice, hung.port);
    while (hung.connections() < CHANNELS) await delay(100);
    const latenciesMs = { telling: [] as number[], quiet: [] as number[] };
    let failed = 0;
    let memoryAt = { telling: 0, quiet: 0 };
    const memory = () => ({ telling: telling.sluice.memory(), quiet: quiet.sluice.memory() });
    for (let i = 0; i < WARM_UP + requests; i += 1) {
      if (i === WARM_UP) memoryAt = memory();
      for (const name of ['telling', 'quiet'] as const) {
        const { asker } = name === 'telling' ? telling : quiet;
        const pace = delay(PACE_MS);
        const began = performance.now();
        const reply = await asker.ask({ door: 'openai', userId: `uid_${i}` });
        if (i >= WARM_UP) latenciesMs[name].push(performance.now() - began);
        if (reply.status !== 200) failed += 1;
        await pace;
      }
    }
    const grown = memory();
    const growthMib = (name: 'telling' | 'quiet') => (grown[name] - memoryAt[name]) / 1_048_576;
    const added = (share: number) => addedMs(latenciesMs, share);
    return [
      atLeast('requests beside hung channels', latenciesMs.telling.length, requests),
      atLeast('attempts that hang', hung.connections(), CHANNELS),
      atMost('failed requests', failed, 0),
      atMost('added to a request, p50', added(0.5), 1, 'ms'),
      atMost('added to a request, p99', added(0.99), 1, 'ms'),
      atMost('memory that grew beyond the quiet one', growthMib('telling') - growthMib('quiet'), 10, 'MiB'),
    ];
  } finally {
    await Promise.all([telling.close(), quiet.close()]);
    await sim.close();
    hung.close();
  }
}

/**
 * By how much a percentile of one is above that of the other: the median over parts of the run, because another
 * process of the machine that takes the processor for a moment hits one of the two.
 */
function addedMs(
  { telling, quiet }: Readonly<Record<'telling' | 'quiet', readonly number[]>>,
  share: number,
): number {
  const length = Math.ceil(telling.length / PARTS);
  const differences = Array.from({ length: PARTS }, (_, part) => {
    const of = (latencies: readonly number[]) =>
      percentile(latencies.slice(part * length, (part + 1) * length), share);
    return of(telling) - of(quiet);
  });
  return percentile(differences.filter(Number.isFinite), 0.5);
}

/** Accepts and never says a word. */
async function startHungServer() {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function startGateway(upstreamUrl: string) {
  const { dataDir, remove } = await makeDataDir();
  const sluice = await startChildSluice({ dataDir });
  await sluice.admin.must(
    'POST',
    '/models',
    modelInput({ id: 'm', upstream: 'openai', url: upstreamUrl, name: 'm' }),
  );
  await sluice.admin.must('POST', '/routes', {
    id: 'r',
    default: true,
    rules: [{ model_id: 'm', weight: 100 }],
  });
  const { key } = await sluice.admin.must('POST', '/keys', { name: 'load', role: 'chat' });
  const asker = createAsker(sluice.url, String(key), 1);
  return {
    sluice,
    asker,
    async close() {
      await asker.close();
      await sluice.stop();
      await remove();
    },
  };
}

/** Half of them mail, half webhooks; three alerts begin at once, and all that can be told of them waits. */
async function addHungChannels({ admin }: ChildSluice, port: number): Promise<void> {
  await admin.must('PATCH', '/settings', { alerts: { webhook_networks: ['127.0.0.1'] } });
  for (let i = 0; i < CHANNELS; i += 1) {
    const channel =
      i % 2 === 0
        ? { type: 'email', to: ['ops@example.com'], smtp: { host: '127.0.0.1', port } }
        : { type: 'webhook', url: `http://127.0.0.1:${port}/` };
    await admin.must('POST', '/alert-channels', { id: `channel-${i}`, ...channel });
  }
  for (const id of ['full-1', 'full-2', 'full-3']) {
    await admin.must('POST', '/alert-rules', {
      id,
      event: 'disk_low',
      free_below_bytes: Number.MAX_SAFE_INTEGER,
    });
  }
}
