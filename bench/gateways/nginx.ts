import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Peer, startServer } from './gateway.ts';

const APT = '/usr/bin/apt-get';

const PROTOCOLS = ['openai', 'ollama'] as const;

/** nginx sharing out users by a hash of their header: the cheapest thing that does a part of the job. */
export const nginx: Peer = {
  name: 'nginx',
  protocols: PROTOCOLS,
  async prepare() {
    const path = findNginx() ?? installNginx();
    if (!path)
      return { missing: 'nginx is not installed; on Debian and Ubuntu: apt-get install nginx-light' };
    return { version: /nginx\/(\S+)/.exec(spawnSync(path, ['-v']).stderr.toString())?.[1] ?? 'unknown' };
  },
  async start({ upstreamPorts, folder }) {
    const port = await freePort();
    const config = join(folder, 'nginx.conf');
    writeFileSync(config, configText(port, upstreamPorts, folder));
    const args = ['-p', folder, '-e', join(folder, 'error.log'), '-c', config];
    const server = await startServer({
      command: findNginx() ?? 'nginx',
      args,
      port,
      readyPath: '/readyz',
      folder,
    });
    return { name: 'nginx', protocols: PROTOCOLS, port, headers: {}, ...server };
  },
};

function findNginx(): string | null {
  // Debian keeps it where only root's PATH looks.
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/bin',
  ];
  return folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path)) ?? null;
}

/** Only where it needs no questions: as root, with apt. */
function installNginx(): string | null {
  if (process.getuid?.() !== 0 || !existsSync(APT)) return null;
  process.stderr.write('bench: installing nginx-light with apt-get …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync(APT, ['update', '-qq'], { env });
  spawnSync(APT, ['install', '-y', '-qq', '--no-install-recommends', 'nginx-light'], { env });
  return findNginx();
}

/**
 * Tuned for nginx's benefit: one worker, upstream connections kept, no log, buffers that keep a 50 KB body
 * and its answer in memory. Buffering of answers is off, as for any stream of tokens.
 */
function configText(port: number, [stable, candidate]: readonly [number, number], folder: string): string {
  return `
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  client_body_buffer_size 128k;
  client_max_body_size 32m;
  split_clients $http_x_user_id $model {
    80% stable;
    *   candidate;
  }
  upstream stable    { server 127.0.0.1:${stable}; keepalive 256; keepalive_requests 100000000; }
  upstream candidate { server 127.0.0.1:${candidate}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /readyz { return 200; }
    location / {
      proxy_pass http://$model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_buffer_size 8k;
      proxy_read_timeout 3600s;
      proxy_send_timeout 3600s;
    }
  }
}
`;
}
