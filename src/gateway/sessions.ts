import {
  fingerprintOf,
  firstRound,
  isAlive,
  opensConversation,
  opensRound,
  type SessionState,
  type TurnFacts,
} from '../domain/session.ts';
import type { Ids } from '../ports/ids.ts';
import { tagOf } from './tagged-id.ts';

/** Each session stands under two or three names; the ones unused for longest are forgotten first. */
const MAX_NAMES = 300_000;

/** One running conversation. The registry and the requests of the conversation change it. */
export interface Session extends SessionState {
  /** As the client knows it: its own id as given, or ours. */
  readonly id: string;
  /** One of a kind: a session that is taken up again after its end is a new instance under the same id. */
  readonly instance: string;
  readonly credentialId: string;
  /** Recognised by its opening words, for an unknown user: two people may be one. */
  readonly isWeak: boolean;
  /** The model that began the conversation, where the rules chose it. */
  modelId: string | null;
  round: number;
  userMessages: number;
  lastUserMark: number;
  lastActiveMs: number;
  running: number;
  ended: boolean;
  lastFailed: boolean;
}

export interface SessionQuery {
  readonly credentialId: string;
  readonly userId: string | null;
  /** As the client gave it; null when the conversation is to be recognised. */
  readonly sessionId: string | null;
  readonly opening: { readonly systemText: string; readonly firstUserText: string };
  readonly turn: TurnFacts;
  readonly idleMs: number;
  readonly nowMs: number;
}

export interface Entered {
  readonly session: Session;
  readonly opensRound: boolean;
}

export interface Sessions {
  /** The session that a request belongs to, with the request counted in; each call needs one `leave`. */
  enter(query: SessionQuery): Entered;
  leave(session: Session, failed: boolean, nowMs: number): void;
  /** The newest session that this credential knows by the id; with null, that any credential does. */
  find(credentialId: string | null, sessionId: string): Session | null;
}

export function createSessions(options: { ids: Ids; maxNames?: number }): Sessions {
  const { ids, maxNames = MAX_NAMES } = options;
  const byName = new Map<string, Session>(); // in order of use

  const remember = (name: string, session: Session): void => {
    byName.delete(name);
    byName.set(name, session);
    if (byName.size <= maxNames) return;
    for (const oldest of byName.keys()) {
      byName.delete(oldest);
      break;
    }
  };

  const open = (query: SessionQuery): Session => {
    const own = ids.next('ses') + tagOf(query.credentialId);
    return {
      id: query.sessionId ?? own,
      instance: own,
      credentialId: query.credentialId,
      isWeak: query.sessionId === null && query.userId === null,
      modelId: null,
      round: firstRound(query.turn),
      userMessages: query.turn.userMessages,
      lastUserMark: query.turn.lastUserMark,
      lastActiveMs: query.nowMs,
      running: 0,
      ended: false,
      lastFailed: false,
    };
  };

  return {
    enter(query) {
      const { turn, nowMs, credentialId, userId, sessionId } = query;
      const name =
        sessionId === null
          ? `f ${fingerprintOf({ credentialId, userId, ...query.opening })}`
          : givenName(credentialId, userId, sessionId);
      let session = byName.get(name);
      const goesOn =
        session !== undefined &&
        isAlive(session, nowMs, query.idleMs) &&
        !(sessionId === null && opensConversation(session, turn));
      let isNewRound = turn.endsWithUser;
      if (session === undefined || !goesOn) session = open(query);
      else {
        isNewRound = opensRound(session, turn);
        if (isNewRound) session.round += 1;
      }
      session.userMessages = turn.userMessages;
      session.lastUserMark = turn.lastUserMark;
      session.lastActiveMs = nowMs;
      session.running += 1;
      remember(name, session);
      remember(publicName(credentialId, session.id), session);
      // A client may send back the id that we made for its conversation.
      if (sessionId === null && !goesOn) remember(givenName(credentialId, userId, session.id), session);
      return { session, opensRound: isNewRound };
    },
    leave(session, failed, nowMs) {
      session.running -= 1;
      session.lastActiveMs = nowMs;
      session.lastFailed = failed;
    },
    find(credentialId, sessionId) {
      if (credentialId !== null) return byName.get(publicName(credentialId, sessionId)) ?? null;
      let newest: Session | null = null; // a walk over all of them, for an admin's rare question
      for (const session of byName.values()) if (session.id === sessionId) newest = session;
      return newest;
    },
  };
}

/** Lengths keep the parts apart, whatever the ids contain. */
function givenName(credentialId: string, userId: string | null, sessionId: string): string {
  return `g ${credentialId} ${userId === null ? -1 : userId.length} ${userId ?? ''}${sessionId}`;
}

function publicName(credentialId: string, sessionId: string): string {
  return `p ${credentialId} ${sessionId}`;
}
