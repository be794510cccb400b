import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Path of the real nginx; null where it is not installed. Debian keeps it where only root's PATH looks. */
export const NGINX = findInPath('nginx');
export const OPENSSL = findInPath('openssl');

export interface RunningNginx {
  /** What it wrote to its error log, for a test that failed. */
  errors(): string;
  close(): Promise<void>;
}

/** A file of `deploy/nginx/` with other addresses. Throws when an address to replace is not in it. */
export function shippedConfig(name: string, replace: Readonly<Record<string, string>>): string {
  let text = readFileSync(new URL(`../../deploy/nginx/${name}`, import.meta.url), 'utf8');
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`deploy/nginx/${name} has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Starts nginx with these `server` and `upstream` blocks and waits until each port answers. */
export async function startNginx(blocks: string, ports: readonly number[]): Promise<RunningNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'));
  // Started by root, nginx works as `nobody`, who must reach the folder of its temporary files.
  chmodSync(folder, 0o755);
  const errorLog = join(folder, 'error.log');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${errorLog} warn;
     events { worker_connections 256; }
     http {
       access_log off;
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       ${blocks}
     }`,
  );
  const child = spawn(NGINX ?? 'nginx', ['-p', folder, '-e', errorLog, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const gone = once(child, 'exit');
  const nginx: RunningNginx = {
    errors: () => said + (existsSync(errorLog) ? readFileSync(errorLog, 'utf8') : ''),
    async close() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const port of ports) {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`nginx did not start:\n${nginx.errors()}`);
      await sleep(10);
    }
  }
  return nginx;
}

/** A certificate for this name, signed by itself. */
export function makeCertificate(name: string): {
  certPath: string;
  keyPath: string;
  cert: string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  const certPath = join(folder, 'cert.pem');
  const keyPath = join(folder, 'key.pem');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const made = spawnSync(OPENSSL ?? 'openssl', [
    'req',
    '-x509',
    ...kind,
    ...subject,
    '-keyout',
    keyPath,
    '-out',
    certPath,
  ]);
  if (made.status !== 0) throw new Error(`openssl made no certificate:\n${made.stderr}`);
  return {
    certPath,
    keyPath,
    cert: readFileSync(certPath, 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** nginx cannot choose a free port itself. Below 32768, where the kernel takes no client ports from. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function findInPath(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
