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
import { createRecentMap } from './recent-map.ts';
import { tagOf } from './tagged-id.ts';

/** A session stands under one name, or two where it was recognised: at least 100,000 of them are remembered. */
const MAX_NAMES = 400_000;

/** One running conversation. The registry and the requests of the conversation change it. */
export interface Session extends SessionState {
  /** As the client knows it: its own id as given, or ours. */
  readonly id: string;
  /** One of a kind: a session that is taken up again after its end is a new instance under the same id. */
  readonly instance: string;
  readonly credentialId: string;
  readonly userId: string | null;
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
  const byName = createRecentMap<Session>(maxNames);

  const open = (query: SessionQuery): Session => {
    const own = ids.next('ses') + tagOf(query.credentialId);
    return {
      id: query.sessionId ?? own,
      instance: own,
      credentialId: query.credentialId,
      userId: query.userId,
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

  /** One name is for the newest session of an id; where users share an id, the others have names of their own. */
  const named = (credentialId: string, userId: string | null, sessionId: string): Session | undefined => {
    const newest = byName.get(publicName(credentialId, sessionId));
    if (newest === undefined || newest.userId === userId) return newest;
    return byName.get(ownName(credentialId, userId, sessionId));
  };

  const remember = (session: Session): void => {
    const { credentialId, id } = session;
    const name = publicName(credentialId, id);
    const displaced = byName.get(name);
    if (displaced === session) return;
    if (displaced !== undefined && displaced.userId !== session.userId) {
      byName.set(ownName(credentialId, displaced.userId, id), displaced);
    }
    byName.set(name, session);
  };

  return {
    enter(query) {
      const { turn, nowMs, credentialId, userId, sessionId } = query;
      const mark =
        sessionId === null ? `f ${fingerprintOf({ credentialId, userId, ...query.opening })}` : null;
      let session = mark !== null ? byName.get(mark) : named(credentialId, userId, sessionId ?? '');
      let isNewRound = turn.endsWithUser;
      if (
        session === undefined ||
        !isAlive(session, nowMs, query.idleMs) ||
        (mark !== null && opensConversation(session, turn))
      ) {
        session = open(query);
        if (mark !== null) byName.set(mark, session);
      } else {
        isNewRound = opensRound(session, turn);
        if (isNewRound) session.round += 1;
      }
      remember(session); // a client may send back the id that we made
      session.userMessages = turn.userMessages;
      session.lastUserMark = turn.lastUserMark;
      session.lastActiveMs = nowMs;
      session.running += 1;
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

function publicName(credentialId: string, sessionId: string): string {
  return `s ${credentialId} ${sessionId}`;
}

/** The length keeps user and session apart, whatever they contain. */
function ownName(credentialId: string, userId: string | null, sessionId: string): string {
  return `u ${credentialId} ${userId === null ? -1 : userId.length} ${userId ?? ''}${sessionId}`;
}
