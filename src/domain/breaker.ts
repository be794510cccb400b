import type { BreakerReason, BreakerState, BreakerStep } from './breaker-change.ts';
import {
  arithmeticOf,
  CHANGE_WORDS,
  isOverLimit,
  sayFailuresInARow,
  sayProbeFailed,
  sayProbesPassed,
} from './breaker-words.ts';
import type { BreakerConfig } from './config.ts';
import type { ErrorClass } from './error-class.ts';
import type { Said } from './experiment/words.ts';
import { FailureWindow } from './failure-window.ts';
import { NEUTRAL_CLASSES } from './metric.ts';

/** What a model's breaker says to the next request: come, stay away, or come to try it out. */
export type Standing = 'closed' | 'open' | 'probe';

/**
 * What a request that was let in shows when it tells how it went: the epoch of its admission, or, below zero, the lease
 * of a probe. 0 counts for nothing.
 */
export type Pass = number;
export const NO_PASS: Pass = 0;
/** Of a breaker that never changed. */
export const FIRST_EPOCH = 1;

/** How an attempt went: null is good. */
export type Verdict = ErrorClass | null;

/** What outlives the process. Times are those of the breaker. */
export interface BreakerMemory {
  readonly state: BreakerState;
  readonly epoch: number;
  readonly incident: number;
  readonly isHeld: boolean;
  readonly openUntilMs: number;
  readonly trips: number;
}

export interface BreakerOptions {
  readonly config: BreakerConfig;
  /** The longest time that a request of the model may take: a probe that says nothing for longer is lost. */
  readonly leaseMs: number;
  readonly nowMs: number;
  readonly memory?: BreakerMemory;
}

/**
 * The circuit breaker of one model. Deterministic: it is told the time, in milliseconds that never go back, and gives a
 * step when it changes. Who asks must let it `settle` first, because time alone changes it too.
 */
export class Breaker {
  config: BreakerConfig;
  leaseMs: number;
  state: BreakerState = 'CLOSED';
  epoch = FIRST_EPOCH;
  incident = 0;
  /** An operator opened it: no time brings it back. */
  isHeld = false;
  openUntilMs = 0;
  /** How often it opened, forgotten one by one while it is closed. */
  trips = 0;
  consecutiveFailures = 0;
  /** Probes that went well since it is half-open. */
  passed = 0;
  #window: FailureWindow;
  /** Probes under way and when their lease runs out: at most `probesAtOnce`. */
  readonly #leases = new Map<Pass, number>();
  #lastLease: Pass = 0;
  /** When a probe last began, or the time for them. */
  #probedMs: number;
  #calmSinceMs: number;

  constructor({ config, leaseMs, nowMs, memory }: BreakerOptions) {
    this.config = config;
    this.leaseMs = leaseMs;
    this.#window = new FailureWindow(config.windowMs);
    this.#probedMs = nowMs;
    this.#calmSinceMs = nowMs;
    if (memory === undefined) return;
    const { state, epoch, incident, isHeld, trips } = memory;
    Object.assign(this, { epoch, incident, isHeld, trips });
    // The leases of another process are lost: probes begin anew.
    this.state = state === 'CLOSED' ? 'CLOSED' : 'OPEN';
    // However clocks were set meanwhile, it stays open no longer than a fresh one.
    const latestMs = nowMs + this.#openMs();
    this.openUntilMs = state === 'OPEN' ? Math.min(memory.openUntilMs, latestMs) : nowMs;
  }

  get memory(): BreakerMemory {
    const { state, epoch, incident, isHeld, openUntilMs, trips } = this;
    return { state, epoch, incident, isHeld, openUntilMs, trips };
  }

  get probesUnderWay(): number {
    return this.#leases.size;
  }

  counts(nowMs: number): { readonly requests: number; readonly failures: number } {
    this.#window.expire(nowMs);
    return this.#window;
  }

  reconfigure(config: BreakerConfig, leaseMs: number): void {
    if (config.windowMs !== this.config.windowMs) this.#window = new FailureWindow(config.windowMs);
    this.config = config;
    this.leaseMs = leaseMs;
  }

  /** What time alone does. Cheap for a closed one. */
  settle(nowMs: number): BreakerStep | null {
    if (this.state === 'CLOSED') {
      if (this.trips > 0) this.#forgetTrips(nowMs);
      return null;
    }
    if (this.isHeld) return null;
    if (!this.config.enabled) return this.#close(nowMs, 'switched_off', CHANGE_WORDS.switched_off);
    if (this.state === 'OPEN') {
      if (nowMs < this.openUntilMs) return null;
      this.#probedMs = nowMs;
      return this.#become('HALF_OPEN', 'cooled_down', CHANGE_WORDS.cooled_down);
    }
    for (const dueMs of this.#leases.values()) {
      if (nowMs > dueMs) return this.#open(nowMs, 'probe_lost', CHANGE_WORDS.probe_lost);
    }
    return null;
  }

  get standing(): Standing {
    if (this.state === 'CLOSED') return 'closed';
    if (this.state === 'OPEN') return 'open';
    const { probes, probesAtOnce } = this.config;
    const underWay = this.#leases.size;
    const atOnce = this.passed === 0 ? 1 : probesAtOnce;
    return underWay < atOnce && this.passed + underWay < probes ? 'probe' : 'open';
  }

  /** Lets a request in that will go to the model whatever the standing is; a probe's is leased. */
  enter(nowMs: number): Pass {
    if (this.standing !== 'probe') return this.epoch;
    this.#lastLease -= 1;
    this.#leases.set(this.#lastLease, nowMs + this.leaseMs);
    this.#probedMs = nowMs;
    return this.#lastLease;
  }

  /** Hears how a request went that was let in. Only what was let in by the present epoch counts. */
  leave(pass: Pass, verdict: Verdict, nowMs: number): BreakerStep | null {
    const isSilent = verdict !== null && isNeutral(verdict);
    if (pass < 0) {
      if (!this.#leases.delete(pass) || isSilent) return null;
      return this.#probed(verdict, nowMs);
    }
    if (this.state !== 'CLOSED' || pass !== this.epoch || isSilent) return null;
    this.#window.add(nowMs, verdict !== null);
    this.consecutiveFailures = verdict === null ? 0 : this.consecutiveFailures + 1;
    return this.config.enabled ? this.#judge(nowMs) : null;
  }

  /** Counts what went before this process began, which nothing follows from by itself. */
  recall(verdict: Verdict, atMs: number): void {
    if (this.state !== 'CLOSED' || (verdict !== null && isNeutral(verdict))) return;
    this.#window.add(atMs, verdict !== null);
  }

  /** True when nobody has tried the model for a while although probes are due. */
  wantsProbe(nowMs: number): boolean {
    return (
      this.standing === 'probe' &&
      this.#leases.size === 0 &&
      nowMs - this.#probedMs >= this.config.probeEveryMs
    );
  }

  /** By hand. `open` holds until one of the others; `close` counts anew; `reset` forgets earlier trips too. */
  force(action: 'open' | 'close' | 'reset', nowMs: number): BreakerStep {
    if (action === 'open') {
      if (this.state === 'CLOSED') this.incident = this.epoch + 1;
      this.isHeld = true;
      return this.#become('OPEN', 'operator_open', CHANGE_WORDS.operator_open);
    }
    if (action === 'reset') this.trips = 0;
    const reason = `operator_${action}` as const;
    return this.#close(nowMs, reason, CHANGE_WORDS[reason]);
  }

  #judge(nowMs: number): BreakerStep | null {
    const { config, consecutiveFailures } = this;
    if (consecutiveFailures >= config.consecutiveFailures) {
      return this.#open(nowMs, 'consecutive_failures', sayFailuresInARow(consecutiveFailures));
    }
    if (!isOverLimit(this.#window, config)) return null;
    return this.#open(nowMs, 'error_rate', arithmeticOf(this.#window, config));
  }

  #probed(verdict: Verdict, nowMs: number): BreakerStep | null {
    if (verdict !== null) return this.#open(nowMs, 'probe_failed', sayProbeFailed(verdict));
    this.passed += 1;
    const { probes } = this.config;
    if (this.passed < probes) return null;
    return this.#close(nowMs, 'probes_passed', sayProbesPassed(probes));
  }

  #forgetTrips(nowMs: number): void {
    const { decayMs } = this.config;
    const forgotten = Math.floor((nowMs - this.#calmSinceMs) / decayMs);
    this.trips = Math.max(0, this.trips - forgotten);
    this.#calmSinceMs += forgotten * decayMs;
  }

  #open(nowMs: number, reason: BreakerReason, because: Said): BreakerStep {
    if (this.state === 'CLOSED') {
      this.incident = this.epoch + 1;
      this.#forgetTrips(nowMs);
    }
    this.trips += 1;
    this.openUntilMs = nowMs + this.#openMs();
    return this.#become('OPEN', reason, because);
  }

  /** Longer after each trip that is not forgotten yet, where the operator wants it so. */
  #openMs(): number {
    const { openMs, openFactor, openMaxMs } = this.config;
    return Math.min(openMs * openFactor ** Math.max(0, this.trips - 1), Math.max(openMs, openMaxMs));
  }

  #close(nowMs: number, reason: BreakerReason, because: Said): BreakerStep {
    this.isHeld = false;
    this.#calmSinceMs = nowMs;
    return this.#become('CLOSED', reason, because);
  }

  #become(to: BreakerState, reason: BreakerReason, because: Said): BreakerStep {
    const from = this.state;
    this.state = to;
    this.epoch += 1;
    this.passed = 0;
    this.consecutiveFailures = 0;
    this.#leases.clear();
    this.#window = new FailureWindow(this.config.windowMs);
    const { epoch, incident } = this;
    return { epoch, incident, from, to, reason, because: because.en, becauseZh: because.zh };
  }
}

/** Classes that say nothing about a model's health: the caller's faults and leavings, 429, our own refusals. */
export function isNeutral(errorClass: string): boolean {
  return errorClass === 'context_length' || NEUTRAL_CLASSES.has(errorClass);
}
