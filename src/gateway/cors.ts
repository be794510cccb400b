import type { RequestHead } from '../ports/client.ts';

const EXPOSED = [
  'X-Model-Used',
  'X-Request-Id',
  'X-Session-Id',
  'X-Sluice-Route',
  'X-Sluice-Reason',
  'X-Sluice-Bucket',
  'X-Sluice-Config-Version',
  'X-Sluice-Assigned-Model',
  'X-Sluice-Fallback',
  'X-Sluice-Pin-Broken',
  'X-Sluice-Dropped',
  'Retry-After',
].join(', ');
const NAME_LIST = /^[\w\s,-]{1,2000}$/;
const NONE: readonly string[] = [];

/** The headers that let a page of a listed origin read an answer; none for anybody else. */
export function corsHeaders(req: RequestHead, origins: readonly string[]): readonly string[] {
  const { origin } = req.headers;
  if (origin === undefined || !(origins.includes(origin) || origins.includes('*'))) return NONE;
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED, 'Vary', 'Origin'];
}

/**
 * The further headers of the answer to a preflight. The asked names are granted as they are: the official SDKs send
 * a dozen of their own (`x-stainless-…`), and nothing hangs on a header's name.
 */
export function preflightHeaders(req: RequestHead, method: string): readonly string[] {
  const asked = req.headers['access-control-request-headers'];
  const allowed =
    asked !== undefined && NAME_LIST.test(asked) ? asked : 'authorization, content-type, x-api-key';
  return [
    'Access-Control-Allow-Methods',
    method,
    'Access-Control-Allow-Headers',
    allowed,
    'Access-Control-Max-Age',
    '600',
  ];
}
