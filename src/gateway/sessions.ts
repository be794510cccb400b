import { crc32 } from 'node:zlib';
import { firstRound, isAlive, opensConversation, opensRound, type TurnFacts } from '../domain/session.ts';
import type { Ids } from '../ports/ids.ts';
import { createRecentMap } from './recent-map.ts';
import type { Session } from './session.ts';
import { createSessionNames, isOf, type SessionNames } from './session-names.ts';
import { tagOf } from './tagged-id.ts';

/** The ones unused for longest are forgotten. */
const MAX_SESSIONS = 200_000;
export interface SessionQuery {
  readonly credentialId: string;
  readonly userId: string | null;
  /** As the client gave it; null when the conversation is to be recognised. */
  readonly sessionId: string | null;
  readonly opening: { readonly systemText: string; readonly firstUserText: string };
  readonly turn: TurnFacts;
  readonly idleMs: number;
  readonly nowMs: number;
  /** The same in wall time. */
  readonly nowAtMs: number;
}

export interface Entered {
  readonly session: Session;
  readonly opensRound: boolean;
}

export interface Sessions extends Pick<SessionNames, 'find'> {
  /** The session that a request belongs to, with the request counted in; each call needs one `leave`. */
  enter(query: SessionQuery): Entered;
  leave(session: Session, failed: boolean, nowMs: number): void;
  /** Takes over a session of an earlier process, unless a newer one stands in its place. */
  restore(session: Session): void;
  /**
   * Forgets a user's sessions: the next request opens a new one. Requests under way go on under a new instance, so that
   * nothing leads from them to what was before. Gives the instances that were.
   */
  forget(userId: string): ReadonlySet<string>;
}

export function createSessions(options: { ids: Ids; maxSessions?: number }): Sessions {
  const { ids, maxSessions = MAX_SESSIONS } = options;
  const names = createSessionNames(maxSessions);
  const byOpening = createRecentMap<number, Session>(maxSessions);

  const make = (query: SessionQuery, openingMark: number | null): Session => {
    const { credentialId, userId, sessionId, turn, nowMs } = query;
    const instance = ids.next('ses') + tagOf(credentialId);
    return {
      id: sessionId ?? instance,
      instance,
      credentialId,
      userId,
      isWeak: sessionId === null && userId === null,
      openingMark,
      beganAtMs: query.nowAtMs,
      pin: null,
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

  const recognised = (query: SessionQuery, mark: number): Session | undefined => {
    const session = byOpening.get(mark);
    const isSame = session !== undefined && isOf(session, query.credentialId, query.userId);
    return isSame && !opensConversation(session, query.turn) ? session : undefined;
  };
  const open = (query: SessionQuery, mark: number | null): Session => {
    const session = make(query, mark);
    if (mark !== null) byOpening.set(mark, session);
    names.remember(session); // a client may send back the id that we made
    return session;
  };

  return {
    enter(query) {
      const { turn, nowMs } = query;
      const mark = query.sessionId === null ? markOf(query) : null;
      const known = mark === null ? names.named(query) : recognised(query, mark);
      const goesOn = known !== undefined && isAlive(known, nowMs, query.idleMs);
      const session = goesOn ? known : open(query, mark);
      const isNewRound = goesOn ? opensRound(session, turn) : turn.endsWithUser;
      if (goesOn) {
        if (isNewRound) session.round += 1;
        names.remember(session);
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
    forget(userId) {
      const instances = new Set<string>();
      const renew = (session: Session): boolean => {
        if (session.userId !== userId) return false;
        const { instance } = session;
        instances.add(instance);
        session.instance = ids.next('ses') + tagOf(session.credentialId);
        if (session.id === instance) session.id = session.instance;
        session.openingMark = null;
        return true;
      };
      byOpening.remove(renew);
      names.remove(renew);
      return instances;
    },
    restore(session) {
      names.restore(session);
      const { openingMark: mark } = session;
      if (mark !== null && byOpening.get(mark) === undefined) byOpening.set(mark, session);
    },
    find: names.find,
  };
}

/**
 * Stands for the opening of a conversation: who speaks, the system's text, the first words. 32 bits do, because a hit
 * counts only for the same credential and user; the chain of lengths keeps the parts apart.
 */
function markOf({ credentialId, userId, opening }: SessionQuery): number {
  const { systemText, firstUserText } = opening;
  let mark = crc32(credentialId, systemText.length);
  if (userId !== null) mark = crc32(userId, mark + 1);
  if (systemText !== '') mark = crc32(systemText, mark);
  return crc32(firstUserText, mark) | 0; // a small integer is a cheaper key
}
