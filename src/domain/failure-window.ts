const BUCKETS = 30;

/**
 * How many of the requests of the last `spanMs` failed. Buckets go by their time, however long nothing happens: an old
 * burst is never met again after a quiet night. The oldest bucket goes as a whole, so that what counts is between
 * 29/30 and all of the span.
 */
export class FailureWindow {
  readonly spanMs: number;
  requests = 0;
  failures = 0;
  readonly #bucketMs: number;
  readonly #requestsOf = new Uint32Array(BUCKETS);
  readonly #failuresOf = new Uint32Array(BUCKETS);
  /** Number of the newest bucket, counted from time 0. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(spanMs: number) {
    this.spanMs = spanMs;
    this.#bucketMs = spanMs / BUCKETS;
  }

  /** Counts what happened now, or at a time before; what is too old is not counted. */
  add(atMs: number, isFailure: boolean): void {
    this.expire(atMs);
    const bucket = Math.floor(atMs / this.#bucketMs);
    if (bucket <= this.#newest - BUCKETS) return;
    const slot = slotOf(bucket);
    this.#requestsOf[slot] = (this.#requestsOf[slot] ?? 0) + 1;
    this.requests += 1;
    if (!isFailure) return;
    this.#failuresOf[slot] = (this.#failuresOf[slot] ?? 0) + 1;
    this.failures += 1;
  }

  /** Lets go of what is too old. */
  expire(nowMs: number): void {
    const bucket = Math.floor(nowMs / this.#bucketMs);
    if (bucket <= this.#newest) return;
    const passed = Math.min(bucket - this.#newest, BUCKETS);
    this.#newest = bucket;
    for (let back = 0; back < passed; back += 1) {
      const slot = slotOf(bucket - back);
      this.requests -= this.#requestsOf[slot] ?? 0;
      this.failures -= this.#failuresOf[slot] ?? 0;
      this.#requestsOf[slot] = 0;
      this.#failuresOf[slot] = 0;
    }
  }
}

function slotOf(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
}
