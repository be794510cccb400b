import type { FastifyRequest } from 'fastify';
import { AdminFault } from '../../contract/fault.ts';
import type { AccessTable } from '../../ports/access-table.ts';
import type { Caller } from '../change.ts';

/** Who sends this request. Throws `missing_key`, `wrong_key` or `two_credentials`. */
export function callerOf(request: FastifyRequest, access: AccessTable): Caller {
  const key = presentedKey(request.headers.authorization, request.headers['x-api-key']);
  const principal = access.find(key);
  if (!principal) throw new AdminFault('wrong_key', 'this key is not known; it may have been revoked');
  return { principal, ip: request.ip, requestId: String(request.id) };
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
