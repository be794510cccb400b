import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';

export interface Lateness {
  readonly errorClass: ErrorClass;
  readonly message: string;
}

/** The time limits of one attempt. All times are monotonic milliseconds. */
export class Patience {
  /** The next limit that counts. */
  dueMs: number;
  readonly startedMs: number;
  readonly #model: Model;
  readonly #firstDueMs: number;
  readonly #totalDueMs: number;
  #heard: 'nothing' | 'bytes' | 'frames' = 'nothing';

  /** `totalDueMs`: the end of the request's total time, which a second attempt does not start anew. */
  constructor(model: Model, startedMs: number, totalDueMs: number) {
    this.startedMs = startedMs;
    this.#model = model;
    this.#firstDueMs = startedMs + model.timeoutMs;
    this.#totalDueMs = totalDueMs;
    this.dueMs = Math.min(this.#firstDueMs, totalDueMs);
  }

  /** A part of a streamed answer that is on its way: from here on only silence counts, and the total. */
  heardFrame(nowMs: number): void {
    this.#heard = 'frames';
    this.dueMs = Math.min(nowMs + this.#model.idleTimeoutMs, this.#totalDueMs);
  }

  /** A part of a whole answer, which must still end within the model's timeout. */
  heardBytes(nowMs: number): void {
    this.#heard = 'bytes';
    this.dueMs = Math.min(nowMs + this.#model.idleTimeoutMs, this.#firstDueMs, this.#totalDueMs);
  }

  /** Which limit has passed, and its words for the client. */
  lateness(nowMs: number): Lateness {
    const { timeoutMs, idleTimeoutMs, totalTimeoutMs } = this.#model;
    if (nowMs >= this.#totalDueMs) {
      return late('timeout_total', `not finished within ${seconds(totalTimeoutMs)} (its total_timeout)`);
    }
    if (this.#heard === 'nothing') {
      return late('timeout_first_byte', `no answer within ${seconds(timeoutMs)} (its timeout)`);
    }
    if (this.#heard === 'bytes' && nowMs >= this.#firstDueMs) {
      return late('timeout_total', `not finished within ${seconds(timeoutMs)} (its timeout)`);
    }
    return late('timeout_idle', `silent for ${seconds(idleTimeoutMs)} (its idle_timeout)`);
  }
}

function late(errorClass: ErrorClass, message: string): Lateness {
  return { errorClass, message };
}

/** A limit as operators write it. */
export function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
