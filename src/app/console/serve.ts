import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleFile, ConsoleFiles } from './files.ts';

/** DESIGN §5; antd puts its styles into the page, so they must be allowed inline. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The console under `/console/`. Every address that is no file is a page of it, which the browser then shows. */
export function registerConsole(app: FastifyInstance, files: ConsoleFiles | null): void {
  app.get('/console', (_request, reply) => reply.redirect('/console/'));
  app.get('/console/*', (request, reply) => {
    reply.headers(HEADERS);
    if (files === null) return reply.type('text/html; charset=utf-8').send(NOT_BUILT);
    const name = (request.params as { '*': string })['*'];
    const file = files.find(name);
    if (file) return send(file, request, reply);
    if (name.startsWith('assets/'))
      return reply.code(404).type('text/plain').send('no such file; reload the page');
    return send(files.index, request, reply);
  });
}

function send(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({
    'cache-control': file.isHashed ? FOR_EVER : 'no-cache',
    vary: 'accept-encoding',
    etag: file.etag,
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  reply.type(file.contentType);
  const accepted = request.headers['accept-encoding'] ?? '';
  if (file.brotli && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli);
  if (file.gzip && /\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.plain);
}

/** A clone that was started past `npm start` has no console yet. */
const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sluice</title></head>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; line-height: 1.6">
<h1>Sluice</h1>
<p>The gateway is running, but its console was not built. Run <code>npm run build:console</code>, or start with
<code>npm start</code>, which does so. The <a href="/docs">admin API</a> is there in any case.</p>
<p lang="zh-CN">网关正在运行，但控制台尚未构建。请运行 <code>npm run build:console</code>，或用 <code>npm start</code> 启动（会自动构建）。
<a href="/docs">管理 API</a> 始终可用。</p>
</body></html>
`;
