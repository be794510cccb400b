import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpFault } from './problem.ts';

/** Room for the largest route that the schemas allow: 10,000 user ids of 512 bytes and what stands around them. */
export const MAX_BODY_BYTES = 8_388_608;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads bodies as JSON in UTF-8. `curl -d` says `application/x-www-form-urlencoded` unless told otherwise, so that and
 * a missing type are read as JSON too; anything else is 415.
 */
export function addJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addHook('onRequest', async (request) => {
    if (request.headers['content-encoding'] !== undefined) {
      throw new HttpFault('unsupported_media_type', 'a Content-Encoding is not understood; send plain JSON');
    }
    const charset = /charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8' && charset.toLowerCase() !== 'utf8') {
      throw new HttpFault('unsupported_media_type', `the charset ${charset} is not understood; send UTF-8`);
    }
  });
  const options = { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES } as const;
  const parse = async (_request: unknown, body: Buffer): Promise<unknown> => parseJson(body);
  for (const type of [
    'application/json',
    'application/x-www-form-urlencoded',
    /^application\/[\w.+-]+\+json$/,
  ]) {
    scope.addContentTypeParser(type, options, parse);
  }
  scope.addContentTypeParser('*', options, async (request: FastifyRequest, body: Buffer) => {
    if (request.headers['content-type'] === undefined || body.length === 0) return parseJson(body);
    throw new HttpFault(
      'unsupported_media_type',
      `send application/json, not ${request.headers['content-type']}`,
    );
  });
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new HttpFault('bad_json', 'the body is not valid UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpFault('bad_json', `the body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}
