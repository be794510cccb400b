import type { BreakerState } from '../../src/domain/breaker-change.ts';
import type { BreakerConfig } from '../../src/domain/config.ts';

/** How the table counts an outcome; its caller maps error classes to it by hand. */
export type Counted = 'ok' | 'failure' | 'neutral';

/** One request that was let in, as the table sees it. */
export interface SpecTicket {
  readonly epoch: number;
  /** Null for a request that is no probe. */
  readonly leaseDueMs: number | null;
}

/**
 * The breaker's table once more, written to be obviously right and nothing else: every outcome is kept and counted again
 * at each question. What the product's breaker does is held against it step by step.
 */
export class BreakerSpec {
  config: BreakerConfig;
  readonly leaseMs: number;
  state: BreakerState = 'CLOSED';
  epoch = 1;
  isHeld = false;
  openUntilMs = 0;
  trips = 0;
  passed = 0;
  probedMs: number;
  /** Outcomes since the last change, oldest first. */
  outcomes: { readonly atMs: number; readonly failed: boolean }[] = [];
  leases: SpecTicket[] = [];
  #calmSinceMs: number;

  constructor(config: BreakerConfig, leaseMs: number, nowMs: number) {
    this.config = config;
    this.leaseMs = leaseMs;
    this.probedMs = nowMs;
    this.#calmSinceMs = nowMs;
  }

  /** Of the last 30 buckets. */
  counts(nowMs: number): { requests: number; failures: number } {
    const bucketMs = this.config.windowMs / 30;
    const oldest = Math.floor(nowMs / bucketMs) - 29;
    const recent = this.outcomes.filter(({ atMs }) => Math.floor(atMs / bucketMs) >= oldest);
    return { requests: recent.length, failures: recent.filter(({ failed }) => failed).length };
  }

  get consecutive(): number {
    const last = this.outcomes.findLastIndex(({ failed }) => !failed);
    return this.outcomes.length - 1 - last;
  }

  get mayProbe(): boolean {
    if (this.state !== 'HALF_OPEN') return false;
    const { probes, probesAtOnce } = this.config;
    const underWay = this.leases.length;
    return underWay < (this.passed > 0 ? probesAtOnce : 1) && underWay + this.passed < probes;
  }

  settle(nowMs: number): void {
    if (this.state === 'CLOSED') this.#forgetTrips(nowMs);
    if (this.state === 'CLOSED' || this.isHeld) return;
    if (!this.config.enabled) this.#become('CLOSED', nowMs);
    else if (this.state === 'OPEN' && nowMs >= this.openUntilMs) {
      this.probedMs = nowMs;
      this.#become('HALF_OPEN', nowMs);
    } else if (this.leases.some(({ leaseDueMs }) => leaseDueMs !== null && leaseDueMs < nowMs))
      this.#trip(nowMs);
  }

  enter(nowMs: number): SpecTicket {
    if (!this.mayProbe) return { epoch: this.epoch, leaseDueMs: null };
    const lease = { epoch: this.epoch, leaseDueMs: nowMs + this.leaseMs };
    this.leases.push(lease);
    this.probedMs = nowMs;
    return lease;
  }

  leave(ticket: SpecTicket, counted: Counted, nowMs: number): void {
    if (ticket.epoch !== this.epoch) return;
    if (this.state === 'HALF_OPEN' && this.leases.includes(ticket)) {
      this.leases = this.leases.filter((lease) => lease !== ticket);
      if (counted === 'failure') this.#trip(nowMs);
      if (counted === 'ok') {
        this.passed += 1;
        if (this.passed === this.config.probes) this.#become('CLOSED', nowMs);
      }
      return;
    }
    if (this.state !== 'CLOSED' || counted === 'neutral') return;
    this.outcomes.push({ atMs: nowMs, failed: counted === 'failure' });
    if (!this.config.enabled) return;
    const { requests, failures } = this.counts(nowMs);
    const { minRequests, minFailures, errorRatePct, consecutiveFailures } = this.config;
    const isTooMany =
      requests >= minRequests && failures >= minFailures && failures * 1_000 >= requests * 10 * errorRatePct;
    if (isTooMany || this.consecutive >= consecutiveFailures) this.#trip(nowMs);
  }

  force(action: 'open' | 'close' | 'reset', nowMs: number): void {
    if (action === 'reset') this.trips = 0;
    this.isHeld = action === 'open';
    this.#become(action === 'open' ? 'OPEN' : 'CLOSED', nowMs);
  }

  /** Another process begins, whose clock shows `nowMs` and is `movedMs` ahead of the last one's. */
  restart(nowMs: number, movedMs: number): void {
    if (this.state === 'HALF_OPEN') this.openUntilMs = nowMs;
    else this.openUntilMs = Math.min(this.openUntilMs + movedMs, nowMs + this.openMs);
    if (this.state !== 'CLOSED') this.state = 'OPEN';
    this.outcomes = [];
    this.leases = [];
    this.passed = 0;
    this.#calmSinceMs = nowMs;
  }

  get openMs(): number {
    const { openMs, openFactor, openMaxMs } = this.config;
    let lengthMs = openMs;
    for (let trip = 1; trip < this.trips; trip += 1) lengthMs *= openFactor;
    return Math.min(lengthMs, Math.max(openMs, openMaxMs));
  }

  #trip(nowMs: number): void {
    if (this.state === 'CLOSED') this.#forgetTrips(nowMs);
    this.trips += 1;
    this.openUntilMs = nowMs + this.openMs;
    this.#become('OPEN', nowMs);
  }

  #forgetTrips(nowMs: number): void {
    while (this.trips > 0 && nowMs - this.#calmSinceMs >= this.config.decayMs) {
      this.#calmSinceMs += this.config.decayMs;
      this.trips -= 1;
    }
  }

  #become(state: BreakerState, nowMs: number): void {
    if (state === 'CLOSED') {
      this.isHeld = false;
      this.#calmSinceMs = nowMs;
    }
    this.state = state;
    this.epoch += 1;
    this.passed = 0;
    this.outcomes = [];
    this.leases = [];
  }
}
