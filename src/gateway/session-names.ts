import { createRecentMap } from './recent-map.ts';
import type { Session } from './session.ts';

/** In place of a user's id: the newest session of the credential, whoever the user was. */
const ANY_USER = '\u0000any';

interface Caller {
  readonly credentialId: string;
  readonly userId: string | null;
  /** Null where the request names none. */
  readonly sessionId: string | null;
}

/** Sessions by the ids that clients know them by. */
export interface SessionNames {
  /** The caller's newest session under the id that a request names. */
  named(caller: Caller): Session | undefined;
  /** Makes a session the newest of its id. */
  remember(session: Session): void;
  /** The newest session that this credential knows by the id; with null, that any credential does. */
  find(credentialId: string | null, sessionId: string): Session | null;
  /** Takes over a session of an earlier process, unless a newer one of the same caller stands under its id. */
  restore(session: Session): void;
  /** Forgets the sessions that it is true of; asked once for each name of a session. */
  remove(isGone: (session: Session) => boolean): void;
}

/** An id leads to its newest session; where callers share an id, the others stand under longer names. */
export function createSessionNames(maxSessions: number): SessionNames {
  const byId = createRecentMap<string, Session>(maxSessions);

  return {
    named({ credentialId, userId, sessionId }) {
      if (sessionId === null) return undefined;
      const newest = byId.get(sessionId);
      if (newest === undefined || isOf(newest, credentialId, userId)) return newest;
      return byId.get(longName(credentialId, userId, sessionId));
    },
    remember(session) {
      const displaced = byId.get(session.id);
      if (displaced === session) return;
      if (displaced !== undefined && !isOf(displaced, session.credentialId, session.userId)) {
        byId.set(longName(displaced.credentialId, displaced.userId, displaced.id), displaced);
        byId.set(longName(displaced.credentialId, ANY_USER, displaced.id), displaced);
      }
      byId.set(session.id, session);
    },
    restore(session) {
      const { id, credentialId, userId } = session;
      const newest = byId.get(id);
      if (newest === undefined) byId.set(id, session);
      if (newest === undefined || isOf(newest, credentialId, userId)) return;
      for (const user of [userId, ANY_USER]) {
        const name = longName(credentialId, user, id);
        if (byId.get(name) === undefined) byId.set(name, session);
      }
    },
    find(credentialId, sessionId) {
      const newest = byId.get(sessionId) ?? null;
      if (credentialId === null || newest === null || newest.credentialId === credentialId) return newest;
      return byId.get(longName(credentialId, ANY_USER, sessionId)) ?? null;
    },
    remove: (isGone) => byId.remove(isGone),
  };
}

export function isOf(session: Session, credentialId: string, userId: string | null): boolean {
  return session.credentialId === credentialId && session.userId === userId;
}

/** No client's id looks like it by accident, and the length keeps user and session apart, whatever they contain. */
function longName(credentialId: string, userId: string | null, sessionId: string): string {
  return `\u0000${credentialId} ${userId === null ? -1 : userId.length} ${userId ?? ''}${sessionId}`;
}
