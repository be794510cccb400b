import type { Principal } from '../../domain/access.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SecretBox } from '../../ports/secret-box.ts';

/** People signed in at the same time; of more, whoever was away longest signs in again. */
const MAX_SESSIONS = 1_000;
const IDLE_MS = 30 * 60_000;
const ABSOLUTE_MS = 12 * 3_600_000;

export interface ConsoleSession {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

export interface ConsoleSessions {
  /** The text of the cookie, kept nowhere else. */
  open(principal: Principal): { readonly token: string; readonly session: ConsoleSession };
  /** Null for a token that is unknown, too old, unused for too long, or of a key that was revoked. */
  find(token: string): ConsoleSession | null;
  end(token: string): boolean;
}

interface Kept extends ConsoleSession {
  readonly idleAtMs: number;
}

interface SessionOptions {
  readonly box: SecretBox;
  readonly clock: Clock;
  /** Whether the key with which somebody signed in is still in force. */
  readonly isInForce: (credentialId: string) => boolean;
}

/**
 * Who is signed in to the console. In memory: a restart signs everybody out, and a stolen data folder opens nothing.
 * Sessions are looked up by a keyed digest, so that a guess learns nothing from the time that an answer takes.
 */
export function createConsoleSessions({ box, clock, isInForce }: SessionOptions): ConsoleSessions {
  /** By digest; the one that was used last stands last. */
  const sessions = new Map<string, Kept>();
  const nameOf = (token: string): string => box.digest('console_session', token).toString('hex');

  return {
    open(principal) {
      const nowMs = clock.nowMs();
      const token = box.freshSecret();
      const session = { principal, expiresAtMs: nowMs + ABSOLUTE_MS };
      const [oldest] = sessions.keys();
      if (oldest !== undefined && sessions.size >= MAX_SESSIONS) sessions.delete(oldest);
      sessions.set(nameOf(token), { ...session, idleAtMs: nowMs + IDLE_MS });
      return { token, session };
    },
    find(token) {
      const name = nameOf(token);
      const session = sessions.get(name);
      if (!session) return null;
      sessions.delete(name);
      const nowMs = clock.nowMs();
      const isOver = nowMs >= session.expiresAtMs || nowMs >= session.idleAtMs;
      if (isOver || !isInForce(session.principal.credentialId)) return null;
      sessions.set(name, { ...session, idleAtMs: nowMs + IDLE_MS });
      return session;
    },
    end: (token) => sessions.delete(nameOf(token)),
  };
}
