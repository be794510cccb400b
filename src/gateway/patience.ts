import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';

/** The time limits of one attempt. All times are monotonic milliseconds. */
export class Patience {
  /** The next limit that counts. */
  dueMs: number;
  readonly startedMs: number;
  readonly #idleMs: number;
  readonly #firstDueMs: number;
  readonly #totalDueMs: number;
  #heard: 'nothing' | 'bytes' | 'frames' = 'nothing';

  /** `totalDueMs`: the end of the request's total time, which a second attempt does not start anew. */
  constructor(model: Model, startedMs: number, totalDueMs: number) {
    this.startedMs = startedMs;
    this.#idleMs = model.idleTimeoutMs;
    this.#firstDueMs = startedMs + model.timeoutMs;
    this.#totalDueMs = totalDueMs;
    this.dueMs = Math.min(this.#firstDueMs, totalDueMs);
  }

  /** A part of a streamed answer that is on its way: from here on only silence counts, and the total. */
  heardFrame(nowMs: number): void {
    this.#heard = 'frames';
    this.dueMs = Math.min(nowMs + this.#idleMs, this.#totalDueMs);
  }

  /** A part of a whole answer, which must still end within the model's timeout. */
  heardBytes(nowMs: number): void {
    this.#heard = 'bytes';
    this.dueMs = Math.min(nowMs + this.#idleMs, this.#firstDueMs, this.#totalDueMs);
  }

  /** Which limit has passed. */
  lateness(nowMs: number): ErrorClass {
    if (nowMs >= this.#totalDueMs) return 'timeout_total';
    if (this.#heard === 'nothing') return 'timeout_first_byte';
    return this.#heard === 'bytes' && nowMs >= this.#firstDueMs ? 'timeout_total' : 'timeout_idle';
  }
}
