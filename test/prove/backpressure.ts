import { startBenchServer } from '../../sim/bench-server.ts';
import { createAsker } from '../support/asker.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { openRaw, rawPost } from '../support/raw-http.ts';
import { makeDataDir } from '../support/sluice.ts';
import { modelInput, type UpstreamKind } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface BackpressureScale {
  readonly floodBytes: number;
  /** How long the client does not read. */
  readonly silentMs: number;
}

const MIB = 1024 * 1024;
/** What the kernel's socket buffers on both sides of Sluice may have taken in. */
const KERNEL_MIB = 32;

/**
 * A model server floods and the client never reads. Sluice runs as a process of its own and its resident memory is
 * looked at: against what it was after the same number of plain requests, so that warming up is not counted.
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
  const base = `${flood.url}/flood/${floodBytes}`;
  await sluice.admin.must('POST', '/models', modelInput({ id: 'flood', upstream, url: base, name: 'm' }));
  await sluice.admin.must(
    'POST',
    '/models',
    modelInput({ id: 'warm', upstream, url: `${flood.url}/s/200/0/16384`, name: 'm' }),
  );
  await sluice.admin.must('POST', '/routes', {
    id: 'support',
    default: true,
    rules: [{ model_id: 'warm', weight: 100 }],
  });
  const { key } = await sluice.admin.must('POST', '/keys', { name: 'load', role: 'chat' });
  const asker = createAsker(sluice.url, String(key));
  const door = upstream;
  try {
    for (let i = 0; i < 10; i += 1) await asker.ask({ door, stream: true });
    const before = sluice.memory().rss;
    const client = await openRaw(sluice.port);
    client.socket.pause();
    const body = JSON.stringify({
      model_id: 'flood',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    });
    const path = upstream === 'ollama' ? '/api/chat' : '/v1/chat/completions';
    client.send(rawPost({ path, body, headers: [`Authorization: Bearer ${String(key)}`] }));
    const grown = await highestWhile(silentMs, () => sluice.memory().rss - before);
    const pushed = flood.stats().bytesSent;
    const bystander = await asker.ask({ door, stream: true });
    // The stream must be held, not lost: who reads again gets every byte.
    const received = await countToEnd(client.socket);
    client.destroy();
    return [
      atMost(`${upstream}: memory that one silent client costs`, grown / MIB, 8, 'MiB'),
      atMost(`${upstream}: taken from the model server meanwhile`, pushed / MIB, KERNEL_MIB, 'MiB'),
      atMost(`${upstream}: others who were not served`, bystander.status === 200 ? 0 : 1, 0),
      atLeast(`${upstream}: arrived once the client read again`, received / MIB, floodBytes / MIB, 'MiB'),
      atMost(`${upstream}: memory after that`, (sluice.memory().rss - before) / MIB, 24, 'MiB'),
    ];
  } finally {
    await asker.close();
    await sluice.stop();
    await flood.close();
    await remove();
  }
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
function countToEnd(socket: import('node:net').Socket): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    socket.removeAllListeners('data');
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (chunk.subarray(-5).equals(Buffer.from('0\r\n\r\n'))) resolve(bytes);
    });
    socket.on('close', () => resolve(bytes));
    socket.resume();
  });
}
