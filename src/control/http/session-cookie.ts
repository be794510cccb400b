import type { FastifyRequest } from 'fastify';
import { CONSOLE_HEADER } from '../../contract/console-session.ts';
import { AdminFault } from '../../contract/fault.ts';

/** The cookie goes to the admin API alone: chat endpoints never even see it. */
const COOKIE_PATH = '/admin/v1';
const SAFE_METHODS = new Set(['GET', 'HEAD']);
/** 256 bits, as `SecretBox.freshSecret` writes them. */
const TOKEN = /^[\w-]{20,100}$/;

/**
 * Browsers share the cookies of a host over all its ports: with the port in the name, two Sluices on one machine do not
 * sign each other's people out.
 */
function cookieName(request: FastifyRequest): string {
  const port = /:(\d{1,5})$/.exec(request.headers.host ?? '')?.[1] ?? 'default';
  return `sluice_session_${port}`;
}

/** The session token that a request brings, or null. Throws `forbidden` where another site may have sent the request. */
export function sessionTokenOf(request: FastifyRequest): string | null {
  const name = `${cookieName(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(/; */);
  const token = pairs.find((pair) => pair.startsWith(name))?.slice(name.length) ?? '';
  if (!TOKEN.test(token)) return null;
  refuseForeign(request);
  return token;
}

/** The header that signs a browser in. It lives as long as the browser; the server ends it earlier. */
export function sessionCookie(request: FastifyRequest, token: string): string {
  const isSecure = request.headers.origin?.startsWith('https://') === true;
  const attributes = `Path=${COOKIE_PATH}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return `${cookieName(request)}=${token}; ${attributes}`;
}

/** SameSite=Strict already keeps other sites out; these hold where a browser or a neighbour on the same site does not. */
export function refuseForeign(request: FastifyRequest): void {
  const { 'sec-fetch-site': site, origin, host } = request.headers;
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const isForeignOrigin = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeignSite || isForeignOrigin) {
    throw new AdminFault('forbidden', 'the console of this address may call this, no other page');
  }
  if (SAFE_METHODS.has(request.method)) return;
  if (origin === undefined || request.headers[CONSOLE_HEADER] === undefined) {
    throw new AdminFault(
      'forbidden',
      `a change with the console's cookie needs the headers Origin and ${CONSOLE_HEADER}`,
    );
  }
}
