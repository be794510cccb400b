import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type Peer, startServer } from './gateway.ts';

const VERSION = '1.15.2';
/**
 * With the version that npm would choose, Portkey answers every streamed request with 500 on a current Node
 * (Portkey-AI/gateway#1389). This one mends it and is no slower for the rest.
 */
const HONO_SERVER_VERSION = '2.1.8';
const PROTOCOLS = ['openai'] as const;
const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));
const PACKAGE = join(CACHE, 'node_modules/@portkey-ai/gateway');
const SCRIPT = join(PACKAGE, 'build/start-server.js');

/**
 * Portkey's npm gateway on the same Node as Sluice, in production mode and without its console, which is its
 * fastest. It is called with one fixed target: its own weighted choice would only add to its cost.
 */
export const portkey: Peer = {
  name: 'portkey',
  protocols: PROTOCOLS,
  async prepare() {
    if (!existsSync(SCRIPT)) install();
    if (!existsSync(SCRIPT)) {
      return {
        missing: `@portkey-ai/gateway@${VERSION} could not be installed; is the npm registry reachable?`,
      };
    }
    const manifest: { version: string } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    return { version: manifest.version };
  },
  async start({ upstreamPorts, folder }) {
    const port = await freePort();
    const server = await startServer({
      command: process.execPath,
      args: [SCRIPT, '--headless', `--port=${port}`],
      env: { NODE_ENV: 'production' },
      port,
      readyPath: '/',
      folder,
    });
    const headers = {
      Authorization: 'Bearer bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPorts[0]}/v1`,
    };
    return { name: 'portkey', protocols: PROTOCOLS, port, headers, ...server };
  },
};

/** Into a folder of its own: a peer that is only measured is no dependency, and its scripts are not run. */
function install(): void {
  process.stderr.write(`bench: installing @portkey-ai/gateway@${VERSION} into bench/.cache …\n`);
  mkdirSync(CACHE, { recursive: true });
  const manifest = {
    private: true,
    dependencies: { '@portkey-ai/gateway': VERSION },
    overrides: { '@hono/node-server': HONO_SERVER_VERSION },
  };
  writeFileSync(join(CACHE, 'package.json'), JSON.stringify(manifest));
  spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: CACHE,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
