import { crc32 } from 'node:zlib';
import {
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

/** The ones unused for longest are forgotten. */
const MAX_SESSIONS = 200_000;
/** In place of a user's id: the newest session of the credential, whoever the user was. */
const ANY_USER = '\u0000any';

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
  /** A whole answer was given in the first round. */
  hasAnswer: boolean;
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

export function createSessions(options: { ids: Ids; maxSessions?: number }): Sessions {
  const { ids, maxSessions = MAX_SESSIONS } = options;
  const byId = createRecentMap<string, Session>(maxSessions);
  const byOpening = createRecentMap<number, Session>(maxSessions);

  const make = (query: SessionQuery): Session => {
    const { credentialId, userId, sessionId, turn, nowMs } = query;
    const instance = ids.next('ses') + tagOf(credentialId);
    return {
      id: sessionId ?? instance,
      instance,
      credentialId,
      userId,
      isWeak: sessionId === null && userId === null,
      modelId: null,
      round: firstRound(turn),
      userMessages: turn.userMessages,
      lastUserMark: turn.lastUserMark,
      lastActiveMs: nowMs,
      running: 0,
      ended: false,
      lastFailed: false,
      hasAnswer: false,
    };
  };

  /** An id leads to its newest session; where callers share an id, the others stand under longer names. */
  const named = ({ credentialId, userId, sessionId }: SessionQuery): Session | undefined => {
    if (sessionId === null) return undefined;
    const newest = byId.get(sessionId);
    if (newest === undefined || isOf(newest, credentialId, userId)) return newest;
    return byId.get(longName(credentialId, userId, sessionId));
  };
  const remember = (session: Session): void => {
    const displaced = byId.get(session.id);
    if (displaced === session) return;
    if (displaced !== undefined && !isOf(displaced, session.credentialId, session.userId)) {
      byId.set(longName(displaced.credentialId, displaced.userId, displaced.id), displaced);
      byId.set(longName(displaced.credentialId, ANY_USER, displaced.id), displaced);
    }
    byId.set(session.id, session);
  };

  const recognised = (query: SessionQuery, mark: number): Session | undefined => {
    const session = byOpening.get(mark);
    const isSame = session !== undefined && isOf(session, query.credentialId, query.userId);
    return isSame && !opensConversation(session, query.turn) ? session : undefined;
  };
  const open = (query: SessionQuery, mark: number): Session => {
    const session = make(query);
    if (query.sessionId !== null) remember(session);
    else {
      byOpening.set(mark, session);
      byId.set(session.id, session); // a client may send back the id that we made
    }
    return session;
  };

  return {
    enter(query) {
      const { turn, nowMs } = query;
      const mark = query.sessionId === null ? openingMark(query) : 0;
      const known = query.sessionId === null ? recognised(query, mark) : named(query);
      const goesOn = known !== undefined && isAlive(known, nowMs, query.idleMs);
      const session = goesOn ? known : open(query, mark);
      const isNewRound = goesOn ? opensRound(session, turn) : turn.endsWithUser;
      if (goesOn) {
        if (isNewRound) session.round += 1;
        remember(session);
      }
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
      const newest = byId.get(sessionId) ?? null;
      if (credentialId === null || newest === null || newest.credentialId === credentialId) return newest;
      return byId.get(longName(credentialId, ANY_USER, sessionId)) ?? null;
    },
  };
}

function isOf(session: Session, credentialId: string, userId: string | null): boolean {
  return session.credentialId === credentialId && session.userId === userId;
}

/** No client's id looks like it by accident, and the length keeps user and session apart, whatever they contain. */
function longName(credentialId: string, userId: string | null, sessionId: string): string {
  return `\u0000${credentialId} ${userId === null ? -1 : userId.length} ${userId ?? ''}${sessionId}`;
}

/**
 * Stands for the opening of a conversation: who speaks, the system's text, the first words. 32 bits do, because a hit
 * counts only for the same credential and user; the chain of lengths keeps the parts apart.
 */
function openingMark({ credentialId, userId, opening }: SessionQuery): number {
  const { systemText, firstUserText } = opening;
  let mark = crc32(credentialId, systemText.length);
  if (userId !== null) mark = crc32(userId, mark + 1);
  if (systemText !== '') mark = crc32(systemText, mark);
  return crc32(firstUserText, mark) | 0; // a small integer is a cheaper key
}
