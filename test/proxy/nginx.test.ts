import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { startSluice, type TestSluice } from '../support/sluice.ts';
import {
  freePort,
  makeCertificate,
  NGINX,
  OPENSSL,
  type RunningNginx,
  shippedConfig,
  startNginx,
} from './nginx.ts';
import { type Post, type Posted, post } from './post.ts';

const NAME = 'sluice.example.com';
const MODEL = 'qwen2:7b';
/** A picture of 5 MiB, as base64: what makes chat bodies large. */
const BIG = { images: ['A'.repeat(5 * 1024 * 1024)] };
const BODY_LIMIT = 8 * 1024 * 1024;

/** Client → nginx → Sluice → nginx → simulated Ollama. */
interface Chain {
  readonly sim: SimServer;
  readonly sluice: TestSluice;
  ask(post: Omit<Post, 'port' | 'tls'>): Promise<Posted>;
  close(): Promise<void>;
}

const needs = NGINX ? '' : ' (skipped, nginx is not installed: apt-get install nginx)';
const tlsNeeds = OPENSSL ? '' : ' (skipped, openssl is not installed: apt-get install openssl)';

describe.skipIf(!NGINX || !OPENSSL)(
  `the shipped nginx files, in front and behind${needs || tlsNeeds}`,
  () => {
    let chain: Chain;
    beforeAll(async () => {
      chain = await startShipped();
    });
    afterAll(() => chain?.close());

    chats(() => chain, NAME);

    it.each([
      ['/api/chat', { model: MODEL, stream: true }],
      ['/v1/chat/completions', { model: MODEL, stream: true }],
      ['/v1/chat', { stream: true }],
    ])('passes the tokens of %s on one by one', async (path, fields) => {
      let stateAtFirstPiece = '';
      const answer = await chain.ask({
        path,
        host: NAME,
        body: chatBody(fields),
        onFirstPiece: () => {
          stateAtFirstPiece = chain.sim.requests.at(-1)?.closeReason ?? '';
        },
      });
      expect(answer.status, answer.text).toBe(200);
      expect(stateAtFirstPiece).toBe('open');
      expect(answer.pieces).toBeGreaterThan(10);
    });

    it('sends Host localhost and a kept connection to the model server', async () => {
      await chain.ask({ path: '/api/chat', host: NAME, body: chatBody({ model: MODEL, stream: false }) });
      const headers = chain.sim.requests.at(-1)?.headers;
      expect(headers?.host).toBe('localhost');
      expect(headers?.connection).not.toBe('close');
    });

    it('leaves a body over the limit of Sluice to Sluice, which answers in the protocol', async () => {
      const body = chatBody({ model: MODEL }, BIG);
      const answer = await chain.ask({ path: '/api/chat', host: NAME, body });
      expect(answer.status).toBe(413);
      expect(answer.contentType).toContain('application/json');
      expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) });
    });

    it('lets a body of 5 MiB through once Sluice allows it', async () => {
      await chain.sluice.admin.must('PATCH', '/settings', { limits: { body_bytes: BODY_LIMIT } });
      const body = chatBody({ model: MODEL, stream: false }, BIG);
      const answer = await chain.ask({ path: '/api/chat', host: NAME, body });
      expect(answer.status, answer.text).toBe(200);
      expect(chain.sim.requests.at(-1)?.bodyBytes).toBeGreaterThan(5 * 1024 * 1024);
    });

    it('passes on the 421 for a name that Sluice was not told', async () => {
      const answer = await chain.ask({ path: '/api/chat', host: 'other.example.com', body: chatBody({}) });
      expect(answer.status).toBe(421);
    });
  },
);

describe.skipIf(!NGINX)(`the nginx block as commonly printed, in front and behind${needs}`, () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startPrinted();
  });
  afterAll(() => chain?.close());

  chats(() => chain, NAME);
  chats(() => chain, '127.0.0.1');
});

/** Every door, whole and streamed, without a Content-Type. */
function chats(chain: () => Chain, host: string): void {
  it.each([
    ['/api/chat', { model: MODEL, stream: false }, '"done":true'],
    ['/api/chat', { model: MODEL }, '"done":true'],
    ['/v1/chat/completions', { model: MODEL, stream: false }, '"finish_reason":"stop"'],
    ['/v1/chat/completions', { model: MODEL, stream: true }, 'data: [DONE]'],
    ['/v1/chat', { stream: false }, '"finish_reason":"stop"'],
    ['/v1/chat', { stream: true }, '"done":true'],
  ])(`answers %s %o at ${host}`, async (path, fields, end) => {
    const answer = await chain().ask({ path, host, body: chatBody(fields) });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain(end);
  });
}

async function startShipped(): Promise<Chain> {
  const [front, bridge] = [await freePort(), await freePort()];
  const certificate = makeCertificate(NAME);
  return startChain({
    front,
    bridge,
    cert: certificate.cert,
    blocks: (sluicePort, simPort) =>
      shippedConfig('ollama-bridge.conf', {
        '127.0.0.1:11434': `127.0.0.1:${simPort}`,
        'listen 127.0.0.1:8080': `listen 127.0.0.1:${bridge}`,
      }) +
      shippedConfig('sluice-front.conf', {
        '127.0.0.1:18789': `127.0.0.1:${sluicePort}`,
        'listen 443 ssl;\n': `listen 127.0.0.1:${front} ssl;\n`,
        '/etc/nginx/tls/fullchain.pem': certificate.certPath,
        '/etc/nginx/tls/privkey.pem': certificate.keyPath,
      }),
    close: () => certificate.remove(),
  });
}

async function startPrinted(): Promise<Chain> {
  const [front, bridge] = [await freePort(), await freePort()];
  const block = (listen: number, target: number): string => `
    server {
      listen 127.0.0.1:${listen};
      location / {
        proxy_pass http://127.0.0.1:${target};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      }
    }`;
  return startChain({
    front,
    bridge,
    blocks: (sluicePort, simPort) => block(front, sluicePort) + block(bridge, simPort),
  });
}

interface ChainPlan {
  readonly front: number;
  readonly bridge: number;
  readonly cert?: string;
  blocks(sluicePort: number, simPort: number): string;
  close?(): void;
}

async function startChain({ front, bridge, cert, blocks, close }: ChainPlan): Promise<Chain> {
  const sim = await startModelServer({
    port: 0,
    models: [{ name: MODEL, firstTokenMs: 20, tokensPerSecond: 500 }],
  });
  const sluice = await startSluice({ allowedHosts: [NAME] });
  const nginx: RunningNginx = await startNginx(blocks(sluice.port, sim.port), [front, bridge]);
  await sluice.admin.must('POST', '/models', {
    id: 'behind-nginx',
    protocol: 'ollama',
    base_url: `http://127.0.0.1:${bridge}`,
    upstream_model: MODEL,
  });
  await sluice.admin.must('POST', '/routes', {
    id: 'support',
    default: true,
    strategy: 'hash_user_id',
    rules: [{ model_id: 'behind-nginx', weight: 100 }],
  });
  return {
    sim,
    sluice,
    ask: (request) =>
      post({
        ...request,
        port: front,
        headers: { Authorization: `Bearer ${sluice.adminKey}`, ...request.headers },
        ...(cert ? { tls: { ca: cert, servername: NAME } } : {}),
      }),
    async close() {
      await nginx.close();
      await sluice.close();
      await sim.close();
      close?.();
    },
  };
}

function chatBody(fields: Readonly<Record<string, unknown>>, more: object = {}): string {
  return JSON.stringify({ ...fields, messages: [{ role: 'user', content: 'Where is my parcel?', ...more }] });
}
