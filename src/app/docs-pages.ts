import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';

/** The plugin's own policy would send a browser from http to https, where nothing listens. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'";

/** The pages under `/docs`, as a server of their own that listens nowhere. */
export async function openDocsPages(openapi: object): Promise<FastifyInstance> {
  const pages = Fastify();
  await pages.register(swagger, { mode: 'static', specification: { document: openapi as never } });
  await pages.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    uiConfig: { validatorUrl: null }, // the page talks to this server only
  });
  await pages.ready();
  return pages;
}
