import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { startBenchServer } from '../../sim/bench-server.ts';
import { bodyOf, createAsker, PATHS } from '../support/asker.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { openRaw, rawPost } from '../support/raw-http.ts';
import { makeDataDir } from '../support/sluice.ts';
import type { UpstreamKind } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface BackpressureScale {
  readonly floodBytes: number;
  /** How long the client does not read. */
  readonly silentMs: number;
}

const MIB = 1024 * 1024;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Clients that are silent at once: what the garbage collector happens to leave is then a small part of the sum. */
const SILENT = 16;

/**
 * A model server floods and its clients never read. Sluice runs as a process of its own and its resident memory is
 * compared with what it was after the same flood went to a client who reads: what that one leaves to the garbage
 * collector is not the cost of silence.
 */
export async function proveBackpressure(scale: BackpressureScale): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const upstream of ['ollama', 'openai'] as const) figures.push(...(await floodOne(upstream, scale)));
  return figures;
}

async function floodOne(
  upstream: UpstreamKind,
  { floodBytes, silentMs }: BackpressureScale,
): Promise<Figure[]> {
  const flood = await startBenchServer();
  const { dataDir, remove } = await makeDataDir();
  const sluice = await startChildSluice({ dataDir });
  const v1 = upstream === 'openai' ? '/v1' : '';
  const model = (id: string, path: string): object => ({
    id,
    protocol: upstream,
    base_url: `${flood.url}${path}${v1}`,
    upstream_model: 'm',
  });
  await sluice.admin.must('POST', '/models', model('flood', `/flood/${floodBytes}`));
  await sluice.admin.must('POST', '/models', model('calm', ''));
  const { key } = await sluice.admin.must('POST', '/keys', { name: 'load', role: 'chat' });
  const asker = createAsker(sluice.url, String(key));
  const body = JSON.stringify({ ...bodyOf({ door: upstream, stream: true }), model_id: 'flood' });
  const request = rawPost({ path: PATHS[upstream], body, headers: [`Authorization: Bearer ${String(key)}`] });
  const open = async (): Promise<Socket> => {
    const { socket } = await openRaw(sluice.port);
    socket.removeAllListeners('data');
    socket.pause();
    socket.write(request);
    return socket;
  };
  try {
    const reader = await open();
    await countToEnd(reader);
    reader.destroy();
    const sentBefore = flood.stats().bytesSent;
    const before = sluice.memory();
    const silent = await Promise.all(Array.from({ length: SILENT }, open));
    const grown = await highestWhile(silentMs, () => sluice.memory() - before);
    const taken = flood.stats().bytesSent - sentBefore;
    const bystander = await asker.ask({ door: upstream, stream: true, more: { model_id: 'calm' } });
    // The stream must be held, not lost: who reads again gets every byte.
    const [patient, ...others] = silent;
    for (const socket of others) socket.destroy();
    const received = patient ? await countToEnd(patient) : 0;
    patient?.destroy();
    return [
      atMost(`${upstream}: memory that one silent client costs`, grown / SILENT / MIB, 8, 'MiB'),
      atMost(
        `${upstream}: taken from the model server for it meanwhile`,
        taken / SILENT / MIB,
        kernelMib(),
        'MiB',
      ),
      atMost(`${upstream}: others who were not served`, bystander.status === 200 ? 0 : 1, 0),
      atLeast(
        `${upstream}: arrived at one of them once it read again`,
        received / MIB,
        floodBytes / MIB,
        'MiB',
      ),
    ];
  } finally {
    await asker.close();
    await sluice.kill();
    await flood.close();
    await remove();
  }
}

/** What the socket buffers of two connections take in before anybody is held back, and little more. */
function kernelMib(): number {
  const most = (name: string): number =>
    Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/)[2]) / MIB;
  return most('tcp_rmem') + 2 * most('tcp_wmem') + 8;
}

/** Sampled, because nobody tells when a process grows. */
async function highestWhile(durationMs: number, measure: () => number): Promise<number> {
  let highest = 0;
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    highest = Math.max(highest, measure());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return highest;
}

/** Reads and forgets until the last chunk of the answer; the number of bytes. */
function countToEnd(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (chunk.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) resolve(bytes);
    });
    socket.on('close', () => resolve(bytes));
    socket.resume();
  });
}
