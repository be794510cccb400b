import type { Principal } from '../../domain/access.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SecretBox } from '../../ports/secret-box.ts';

/** People signed in at the same time; of more, whoever was away longest signs in again. */
const MAX_SESSIONS = 1_000;
const IDLE_MS = 30 * 60_000;
const ABSOLUTE_MS = 12 * 3_600_000;
/** What a key of a console session begins with. */
export const CHAT_KEY_PREFIX = 'sluice_console_';

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
  /** A key for the chat endpoints, the same at each call; null where the session is over. */
  chatKeyOf(token: string): string | null;
  /** Whom such a key stands for. */
  findChat(chatKey: string): Principal | null;
  /** Changes when chat keys end: who remembers one must ask again. */
  readonly generation: number;
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
  /** Chat keys by the digest of their session, and sessions by the digest of their chat key. */
  const chatKeys = new Map<string, string>();
  const byChat = new Map<string, string>();
  let generation = 0;
  const nameOf = (token: string): string => box.digest('console_session', token).toString('hex');

  const isOver = ({ expiresAtMs, idleAtMs, principal }: Kept): boolean => {
    const nowMs = clock.nowMs();
    return nowMs >= expiresAtMs || nowMs >= idleAtMs || !isInForce(principal.credentialId);
  };
  const forget = (name: string): boolean => {
    const chatKey = chatKeys.get(name);
    if (chatKey !== undefined) {
      chatKeys.delete(name);
      byChat.delete(nameOf(chatKey));
      generation += 1;
    }
    return sessions.delete(name);
  };
  /** The session, used just now. */
  const use = (name: string): Kept | null => {
    const session = sessions.get(name);
    if (!session) return null;
    if (isOver(session)) {
      forget(name);
      return null;
    }
    sessions.delete(name);
    const used = { ...session, idleAtMs: clock.nowMs() + IDLE_MS };
    sessions.set(name, used);
    return used;
  };

  return {
    open(principal) {
      const nowMs = clock.nowMs();
      const token = box.freshSecret();
      const session = { principal, expiresAtMs: nowMs + ABSOLUTE_MS };
      const [oldest] = sessions.keys();
      if (oldest !== undefined && sessions.size >= MAX_SESSIONS) forget(oldest);
      sessions.set(nameOf(token), { ...session, idleAtMs: nowMs + IDLE_MS });
      return { token, session };
    },
    find: (token) => use(nameOf(token)),
    end: (token) => forget(nameOf(token)),
    chatKeyOf(token) {
      const name = nameOf(token);
      if (!use(name)) return null;
      const known = chatKeys.get(name);
      if (known !== undefined) return known;
      const chatKey = `${CHAT_KEY_PREFIX}${box.freshSecret()}`;
      chatKeys.set(name, chatKey);
      byChat.set(nameOf(chatKey), name);
      return chatKey;
    },
    findChat(chatKey) {
      const session = use(byChat.get(nameOf(chatKey)) ?? '');
      return session && { ...session.principal, role: 'chat' };
    },
    get generation() {
      return generation;
    },
  };
}
