import { type Place, placeOf } from '../domain/bucket.ts';
import type { FirstSeen } from '../ports/first-seen.ts';
import { createRecentMap } from './recent-map.ts';

const MAX_USERS = 100_000;

/** What never changes about a user. */
export interface UserFacts {
  readonly place: Place;
  readonly firstSeenMs: number;
}

/** Remembers the users of late, so that a conversation does not hash its user's id at every turn. */
export interface Users {
  find(userId: string, nowMs: number): UserFacts;
  forget(userId: string): void;
}

export function createUsers(firstSeen: FirstSeen): Users {
  const recent = createRecentMap<string, UserFacts>(MAX_USERS);
  return {
    find(userId, nowMs) {
      const known = recent.get(userId);
      if (known !== undefined) return known;
      const user = { place: placeOf(userId), firstSeenMs: firstSeen.firstSeenMs(userId, nowMs) };
      recent.set(userId, user);
      return user;
    },
    forget: (userId) => recent.remove((_, id) => id === userId),
  };
}
