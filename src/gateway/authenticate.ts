import { allows, type Principal } from '../domain/access.ts';
import type { AccessTable } from '../ports/access-table.ts';
import type { RequestHead } from '../ports/client.ts';
import { Fault } from './fault.ts';
import { isLoopbackHost } from './guard.ts';
import { isRepeated } from './header-text.ts';

const BEARER = /^Bearer(?: +(.*))?$/i;

/** The only principal without a key; it exists only where `mayBeAnonymous` allows it. */
const ANONYMOUS: Principal = {
  credentialId: 'anonymous',
  name: 'anonymous',
  role: 'chat',
  mayOverride: true,
};

export interface AccessRules {
  readonly access: AccessTable;
  readonly anonymousChat: boolean;
  /** True when the server is bound to a loopback address. */
  readonly isLoopback: boolean;
  readonly corsOrigins: readonly string[];
}

/** Who is calling a chat endpoint. Throws Fault: no key, a wrong key, two keys, or a key that may not chat. */
export function authenticate(req: RequestHead, rules: AccessRules): Principal {
  const key = presentedKey(req);
  if (key === null) {
    if (rules.anonymousChat && mayBeAnonymous(req, rules)) return ANONYMOUS;
    throw new Fault('missing_key', 'no key was sent; send "Authorization: Bearer KEY" or "x-api-key: KEY"');
  }
  const principal = rules.access.find(key);
  if (principal === null) {
    throw new Fault(
      'wrong_key',
      'this key is not known; ask for one, or make one with "sluice keys create NAME"',
    );
  }
  if (!allows(principal.role, 'chat')) {
    throw new Fault(
      'forbidden',
      `a key with the role "${principal.role}" may not chat; use one with the role "chat"`,
    );
  }
  return principal;
}

/** The one place that reads credentials. Null when there is none; throws when there are two that differ. */
function presentedKey(req: RequestHead): string | null {
  const bearer = bearerKey(req);
  const header = req.headers['x-api-key'];
  const plain = typeof header === 'string' ? header.trim() : '';
  if (bearer !== '' && plain !== '' && bearer !== plain) throw twoCredentials();
  return bearer || plain || null;
}

function bearerKey(req: RequestHead): string {
  const { authorization } = req.headers;
  if (authorization === undefined || authorization === '') return '';
  if (isRepeated(req.rawHeaders, 'authorization')) throw twoCredentials();
  const bearer = BEARER.exec(authorization);
  if (bearer === null)
    throw new Fault('wrong_key', 'the Authorization header must have the form "Bearer KEY"');
  return bearer[1]?.trim() ?? '';
}

function twoCredentials(): Fault {
  return new Fault('two_credentials', 'two keys were sent; send one, as Authorization or as x-api-key');
}

/** Keyless calls are for programs on this machine: nothing that a proxy forwarded, nothing that a web page sent. */
function mayBeAnonymous(req: RequestHead, rules: AccessRules): boolean {
  const { headers } = req;
  if (!rules.isLoopback || !isLoopbackHost(headers.host ?? '')) return false;
  for (const name in headers) if (name === 'forwarded' || name.startsWith('x-forwarded-')) return false;
  const { origin } = headers;
  return origin === undefined || origin === `http://${headers.host}` || rules.corsOrigins.includes(origin);
}
