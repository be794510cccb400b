import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fault } from './fault.ts';
import type { AnswerRelay } from './wire/wire.ts';

/** Why an attempt came to no good end. */
export interface AttemptFailure {
  readonly errorClass: ErrorClass;
  readonly fault: Fault;
  /** Bytes of a broken stream that still belong to the client. */
  readonly rest: Buffer | null;
  /** The client's bytes, `rest` included, end inside a frame. */
  readonly isMidFrame: boolean;
  /** The model server's own error frame is among the bytes that the client has, or gets as `rest`. */
  readonly isTold: boolean;
  /** The model server's refusal as it wrote it, where that is JSON. */
  readonly refusal: Buffer | null;
}

/** A failure for which no model is to blame. */
export function ownFailure(fault: Fault, isMidFrame: boolean): AttemptFailure {
  return { errorClass: 'rejected', fault, rest: null, isMidFrame, isTold: false, refusal: null };
}

/** Hears of one call to a model. Bytes come in order; then one of the other three, once. */
export interface AttemptOwner {
  /** Bytes of a streamed answer, from its first complete frame on. `isLast`: the answer is complete with them. */
  onBytes(bytes: Buffer, isLast: boolean): void;
  /** The streamed answer ended well. */
  onEnd(rest: Buffer | null): void;
  /** The answer, in one piece. */
  onWhole(body: Buffer): void;
  onFailure(failure: AttemptFailure): void;
}

/** What an attempt is made with. */
export interface AttemptOptions {
  readonly clock: Clock;
  readonly model: Model;
  readonly relay: AnswerRelay;
  readonly isStream: boolean;
  /** End of the request's total time, monotonic. */
  readonly totalDueMs: number;
  readonly owner: AttemptOwner;
  /** Told of a fault of our own while bytes were handled. */
  readonly onInternalError: (error: unknown) => void;
}
