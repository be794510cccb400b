import type { Notice } from '../domain/alert.ts';
import type { AlertChannel } from '../domain/alert-channel.ts';
import type { AlertText } from '../domain/alert-text.ts';

/** One message to one channel. */
export interface Notification extends AlertText {
  /** The same at every attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly kind: 'alert' | 'digest' | 'test';
  readonly atMs: number;
  readonly notices: readonly Notice[];
  /** Notices that the message only counts. */
  readonly omitted: number;
}

/** How one attempt went. */
export type Attempt =
  | {
      readonly ok: true;
      /** What the receiver did not take although it took the message; null when all is well. */
      readonly note: string | null;
    }
  | {
      readonly ok: false;
      /** Trying again would change nothing. */
      readonly isFinal: boolean;
      /** What went wrong, without any secret of the channel. */
      readonly message: string;
    };

/** No attempt takes longer. */
export const ATTEMPT_LIMIT_MS = 10_000;

/** Takes messages to people outside. */
export interface Notifier<C extends AlertChannel = AlertChannel> {
  /** Tries once. Never throws: a failure is an outcome. Over after `ATTEMPT_LIMIT_MS`. */
  send(channel: C, notification: Notification): Promise<Attempt>;
  /** Loads what sending needs, which may take a tenth of a second of the processor; afterwards it takes none. */
  prepare(): Promise<void>;
}
