import type { FastifyRequest } from 'fastify';
import { AdminFault } from '../../contract/fault.ts';
import type { AccessTable } from '../../ports/access-table.ts';
import type { Caller } from '../change.ts';
import type { ConsoleSessions } from '../console-sessions/sessions.ts';
import { sessionTokenOf } from './session-cookie.ts';

interface Doors {
  readonly access: AccessTable;
  readonly sessions: ConsoleSessions;
}

/** Who sends this request. Throws `missing_key`, `wrong_key`, `two_credentials`, or `forbidden` for a foreign page. */
export function callerOf(request: FastifyRequest, { access, sessions }: Doors): Caller {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const from = { ip: request.ip, requestId: String(request.id) };
  const token = authorization === undefined && apiKey === undefined ? sessionTokenOf(request) : null;
  if (token !== null) {
    const session = sessions.find(token);
    if (!session) throw new AdminFault('wrong_key', 'this console session is over; sign in again');
    return { principal: session.principal, session: { token, expiresAtMs: session.expiresAtMs }, ...from };
  }
  const key = presentedKey(authorization, apiKey);
  const principal = access.find(key);
  if (!principal) throw new AdminFault('wrong_key', 'this key is not known; it may have been revoked');
  return { principal, ...from };
}

function presentedKey(authorization: string | undefined, apiKey: string | string[] | undefined): string {
  const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const plain = Array.isArray(apiKey) ? apiKey.join(',') : apiKey?.trim();
  if (bearer !== undefined && plain !== undefined && bearer !== plain) {
    throw new AdminFault(
      'two_credentials',
      'Authorization and x-api-key hold different keys; send one of them',
    );
  }
  const key = bearer ?? plain;
  if (key !== undefined && key !== '') return key;
  throw new AdminFault('missing_key', 'send a key as "Authorization: Bearer KEY" or "x-api-key: KEY"');
}
