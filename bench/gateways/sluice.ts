import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATHS } from '../requests.ts';
import { freePort, type Peer, type Surroundings, startServer } from './gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROTOCOLS = ['openai', 'ollama'] as const;
/** Above the number of streams held open, so that the limits are checked on each request but never reached. */
const MAX_CONCURRENT = 10_000;

/** Sluice as a user starts it, with authentication, routing, limits and the tap on. */
export const sluice: Peer = {
  name: 'sluice',
  protocols: PROTOCOLS,
  async prepare() {
    const manifest: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    return { version: manifest.version };
  },
  async start({ upstreamPorts, folder }) {
    const port = await freePort();
    const adminKey = `bench-${randomBytes(24).toString('hex')}`;
    const server = await startServer({
      command: process.execPath,
      args: [join(ROOT, 'bin/sluice'), 'start', '--port', String(port), '--data', join(folder, 'data')],
      env: { SLUICE_ADMIN_KEY: adminKey },
      port,
      readyPath: '/readyz',
      folder,
    });
    const key = await configure(`http://127.0.0.1:${port}/admin/v1`, adminKey, upstreamPorts);
    return {
      name: 'sluice',
      protocols: PROTOCOLS,
      port,
      headers: { Authorization: `Bearer ${key}` },
      aside: 'duckdb/index-process',
      ...server,
    };
  },
};

/** Two models and a route 80/20 for each protocol, and a chat key, which is returned. */
async function configure(
  api: string,
  adminKey: string,
  [stable, candidate]: Surroundings['upstreamPorts'],
): Promise<string> {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST /admin/v1${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  for (const protocol of PROTOCOLS) {
    const suffix = PATHS[protocol].startsWith('/v1') ? '/v1' : '';
    const limits = { protocol, upstream_model: 'qwen3:32b', max_concurrent: MAX_CONCURRENT };
    const names = { stable: `${protocol}-stable`, candidate: `${protocol}-candidate` };
    await post('/models', { id: names.stable, base_url: `http://127.0.0.1:${stable}${suffix}`, ...limits });
    await post('/models', {
      id: names.candidate,
      base_url: `http://127.0.0.1:${candidate}${suffix}`,
      ...limits,
    });
    await post('/routes', {
      id: `bench-${protocol}`,
      strategy: 'hash_user_id',
      stable_model_id: names.stable,
      rules: [
        { model_id: names.stable, weight: 80, description: 'stable' },
        { model_id: names.candidate, weight: 20, description: 'candidate' },
      ],
    });
  }
  const made = await post('/keys', { name: 'bench', role: 'chat' });
  if (typeof made.key !== 'string') throw new Error('POST /admin/v1/keys answered without a key');
  return made.key;
}
