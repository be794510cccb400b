import type { Pin } from '../domain/pin.ts';
import type { SessionState } from '../domain/session.ts';

/** One running conversation. The registry and the requests of the conversation change it. */
export interface Session extends SessionState {
  /** As the client knows it: its own id as given, or ours. */
  id: string;
  /**
   * One of a kind: a session that is taken up again after its end is a new instance under the same id. Changes, as an id
   * of ours does, only where its user is forgotten.
   */
  instance: string;
  readonly credentialId: string;
  readonly userId: string | null;
  /** Recognised by its opening words, for an unknown user: two people may be one. */
  readonly isWeak: boolean;
  /** Stands for its opening words, by which it is recognised; null where the client names it. */
  openingMark: number | null;
  /** Wall time of the first request that Sluice saw of it. */
  readonly beganAtMs: number;
  pin: Pin | null;
  round: number;
  userMessages: number;
  lastUserMark: number | null;
  lastActiveMs: number;
  running: number;
  ended: boolean;
  lastFailed: boolean;
  /** A whole answer was given in the first round. */
  hasAnswer: boolean;
}
