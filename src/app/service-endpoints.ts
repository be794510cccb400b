import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { buildOpenApi } from '../contract/openapi.ts';
import type { Exposition } from './metrics/exposition.ts';

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

export interface ServiceOptions {
  readonly version: string;
  readonly metrics: Exposition;
  /** Why Sluice is not ready to serve, or null when it is. */
  readonly notReadyBecause: () => string | null;
}

/** What needs no key: probes, metrics, version, API description (CONTRACT §2). */
export function registerServiceEndpoints(app: FastifyInstance, options: ServiceOptions): void {
  const { version, metrics, notReadyBecause } = options;

  // Ollama's clients probe this text; a browser wants the console.
  app.get('/', (request, reply) => {
    if (request.headers.accept?.includes('text/html')) return reply.redirect('/console/');
    return reply.type('text/plain; charset=utf-8').send('Ollama is running');
  });

  // Liveness depends on nothing: a broken disk must not get the process restarted under its users.
  app.get('/healthz', () => ({ status: 'ok' }));

  app.get('/readyz', (_request, reply) => {
    const reason = notReadyBecause();
    return reason === null ? { status: 'ready' } : reply.code(503).send({ status: 'not_ready', reason });
  });

  app.get('/metrics', async (_request, reply) => reply.type(PROMETHEUS_TEXT).send(await metrics.text()));

  app.get('/version', () => ({ version, node: process.versions.node }));

  app.get('/openapi.json', () => buildOpenApi(version));

  // Loaded when the first reader comes: a tenth of a second that no start has to wait for.
  let pages: Promise<FastifyInstance> | null = null;
  const serveDocs = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    pages ??= import('./docs-pages.ts').then(({ openDocsPages }) => openDocsPages(buildOpenApi(version)));
    const { routing } = await pages;
    reply.hijack();
    routing(request.raw, reply.raw);
  };
  app.get('/docs', serveDocs);
  app.get('/docs/*', serveDocs);
}
