import type { Pin } from '../domain/pin.ts';

/** Conversations under way, which the gateway knows. */
export interface Conversations {
  /** What the newest conversation of this id is held to; null where the user has none, or nothing holds it. */
  pinOf(userId: string, sessionId: string): Pin | null;
}
