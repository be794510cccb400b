import type { Erasure, Intent } from '../adapters/journal/erasure.ts';
import type { Journal } from '../adapters/journal/journal.ts';
import type { UserDataErased } from '../contract/erasure.ts';
import { createSerial } from '../control/serial.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { FirstSeen } from '../ports/first-seen.ts';
import type { UserData } from '../ports/user-data.ts';

/** Erasures that may wait for the one under way, which may take a minute. */
const MAX_WAITING = 16;

export interface UserEraserOptions {
  readonly gateway: Pick<Gateway, 'forgetUser'>;
  readonly journal: Pick<Journal, 'seal'>;
  readonly erasure: Erasure;
  readonly firstSeen: FirstSeen;
  readonly store: Pick<EventStore, 'discard'>;
  readonly reviews: {
    /** From now on nothing more is written down of what the user said. */
    beginErasure(userId: string): void;
    /** Takes the user's answers out; gives how many there were. */
    withdraw(userId: string): Promise<number>;
  };
}

export interface UserEraser extends UserData {
  /** Ends an erasure that an earlier process began. Rejects where the disk fails. */
  resume(): Promise<void>;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

/**
 * Takes users out of memory, reviews, the list of first sights, the journal and the index, one after the other. What was begun is
 * written down first, and ended at the next start where the process dies in between (decision 0006).
 */
export function createUserEraser(options: UserEraserOptions): UserEraser {
  const { gateway, journal, erasure, firstSeen, store, reviews } = options;
  const serial = createSerial({ limit: MAX_WAITING });

  async function carryOut(intent: Intent): Promise<UserDataErased> {
    gateway.forgetUser(intent.userId);
    reviews.beginErasure(intent.userId);
    const isSeen = await firstSeen.forget(intent.userId);
    const { request, text, feedback, session_end } = await erasure.carryOut(intent, journal.seal());
    const isIndexed = request + text + feedback + session_end > 0 || intent.isResumed;
    if (isIndexed) await store.discard();
    const reviewItems = await reviews.withdraw(intent.userId); // last: no draw finds the user any more
    erasure.finish();
    return {
      requests: request,
      texts: text,
      feedback,
      session_ends: session_end,
      review_items: reviewItems,
      first_seen: isSeen,
      index: isIndexed ? 'rebuilding' : 'kept',
    };
  }
  /** One that failed halfway comes first: there is room for one only. */
  const finishLeft = async (): Promise<void> => {
    const left = erasure.unfinished();
    if (left !== null) await carryOut(left);
  };

  return {
    erase: (userId) =>
      serial.run(async () => {
        await finishLeft();
        return carryOut(erasure.begin(userId));
      }),
    resume: () => serial.run(finishLeft),
    idle: serial.idle,
  };
}
