import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type SessionAnswer, type SignedIn, SignIn } from '../../contract/console-session.ts';
import { AdminFault, fieldsFault } from '../../contract/fault.ts';
import { validate } from '../../contract/validate.ts';
import { allows, type Principal } from '../../domain/access.ts';
import type { AccessTable } from '../../ports/access-table.ts';
import type { ConsoleSession } from '../console-sessions/sessions.ts';
import type { ControlCore } from '../core.ts';
import { HttpFault } from './problem.ts';
import { refuseForeign, sessionCookie, sessionTokenOf } from './session-cookie.ts';

/** Wrong keys in a minute from one address, and from everywhere: a person needs two or three. */
const MAX_FAILURES = 20;
const MAX_FAILURES_OVERALL = 200;
const MINUTE_MS = 60_000;

interface SignInOptions {
  readonly access: AccessTable;
  readonly core: () => ControlCore;
}

/**
 * `POST /sign-in`: a key in the body becomes a cookie. `GET /sign-in`: whom the cookie stands for. Register it where no
 * credential is asked for.
 */
export function registerSignIn(scope: FastifyInstance, { access, core }: SignInOptions): void {
  const failures = countFailures(() => core().clock.nowMs());
  scope.get('/sign-in', (request, reply): SignedIn => {
    reply.header('cache-control', 'no-store');
    const token = sessionTokenOf(request);
    const session = token === null ? null : core().sessions.find(token);
    return { session: session && answerSession(session) };
  });
  scope.post('/sign-in', async (request, reply) => {
    refuseForeign(request);
    const checked = validate(SignIn, request.body);
    if (!checked.ok) throw fieldsFault(checked.errors);
    failures.check(request.ip);
    const principal = access.find(checked.value.key);
    if (!principal) {
      failures.add(request.ip);
      throw new AdminFault('wrong_key', 'this key is not known; it may have been revoked');
    }
    if (!allows(principal.role, 'viewer')) {
      throw new AdminFault(
        'forbidden',
        'a key with the role "chat" opens no console; take one of another role',
      );
    }
    const { token, session } = core().sessions.open(principal);
    await noteSignIn(core(), request, principal);
    return reply
      .header('set-cookie', sessionCookie(request, token))
      .header('cache-control', 'no-store')
      .send(answerSession(session));
  });
}

function answerSession({ principal, expiresAtMs }: ConsoleSession): SessionAnswer {
  return {
    key_id: principal.credentialId,
    key_name: principal.name,
    role: principal.role,
    expires_at: new Date(expiresAtMs).toISOString(),
  };
}

function noteSignIn(core: ControlCore, request: FastifyRequest, principal: Principal): Promise<void> {
  const caller = { principal, ip: request.ip, requestId: String(request.id) };
  return core.door.change(caller, {
    action: 'session.begin',
    resource: 'session',
    plan: () => ({}),
    answer: () => undefined,
  });
}

/** Counters of the present minute alone: nothing grows with the number of guesses. */
function countFailures(nowMs: () => number) {
  let minute = 0;
  let overall = 0;
  const byAddress = new Map<string, number>();
  return {
    check(address: string): void {
      const present = Math.floor(nowMs() / MINUTE_MS);
      if (present !== minute) {
        minute = present;
        overall = 0;
        byAddress.clear();
      }
      if (overall < MAX_FAILURES_OVERALL && (byAddress.get(address) ?? 0) < MAX_FAILURES) return;
      throw new HttpFault('too_many_attempts', 'too many wrong keys; wait a minute and try again');
    },
    add(address: string): void {
      overall += 1;
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    },
  };
}
