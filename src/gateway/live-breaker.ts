import { Breaker, type Pass, type Standing, type Verdict } from '../domain/breaker.ts';
import type { BreakerChange, BreakerStep } from '../domain/breaker-change.ts';
import type { Model } from '../domain/config.ts';
import { type BreakerAction, type BreakerReport, MAX_HISTORY, type SavedBreaker } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';

/** What the end of a request may take longer than the model's `total_timeout`. */
const LEASE_GRACE_MS = 5_000;
/** Only an operator knows how long a held breaker stays open. */
const HELD_WAIT_SECONDS = 60;

export interface LiveBreakerOptions {
  readonly model: Model;
  readonly clock: Clock;
  readonly saved: SavedBreaker | undefined;
  /** Called in the midst of a request. */
  readonly onChange: (change: BreakerChange) => void;
}

/** One model's breaker with its clocks: it lives by the one that never goes back, and tells wall time. */
export class LiveBreaker {
  readonly #breaker: Breaker;
  readonly #clock: Clock;
  readonly #onChange: (change: BreakerChange) => void;
  #model: Model;
  #history: readonly BreakerChange[];

  constructor({ model, clock, saved, onChange }: LiveBreakerOptions) {
    this.#model = model;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#history = saved?.history ?? [];
    this.#breaker = new Breaker({
      config: model.breaker,
      leaseMs: leaseOf(model),
      nowMs: clock.monotonicMs(),
      ...(saved && { memory: { ...saved, openUntilMs: this.#toOwnMs(saved.openUntilMs) } }),
    });
  }

  get model(): Model {
    return this.#model;
  }

  /** A model as the configuration in force has it. */
  set model(model: Model) {
    this.#model = model;
    this.#breaker.reconfigure(model.breaker, leaseOf(model));
  }

  get isClosed(): boolean {
    return this.#breaker.state === 'CLOSED';
  }

  get standing(): Standing {
    this.settle();
    return this.#breaker.standing;
  }

  /** True when the model should be asked by ourselves, because no user tries it. */
  get wantsProbe(): boolean {
    return this.#model.enabled && this.#breaker.wantsProbe(this.#clock.monotonicMs());
  }

  settle(): void {
    this.#tell(this.#breaker.settle(this.#clock.monotonicMs()));
  }

  enter(): Pass {
    return this.#breaker.enter(this.#clock.monotonicMs());
  }

  leave(pass: Pass, verdict: Verdict): void {
    this.#tell(this.#breaker.leave(pass, verdict, this.#clock.monotonicMs()));
  }

  /** What came before the last change counts no more. */
  recall(verdict: Verdict, atWallMs: number): void {
    const changedMs = this.#history[0]?.atMs ?? 0;
    if (atWallMs > changedMs) this.#breaker.recall(verdict, this.#toOwnMs(atWallMs));
  }

  force(action: BreakerAction): void {
    this.#tell(this.#breaker.force(action, this.#clock.monotonicMs()));
  }

  get retryAfterSeconds(): number {
    const { state, isHeld, openUntilMs } = this.#breaker;
    if (isHeld) return HELD_WAIT_SECONDS;
    if (state !== 'OPEN') return 1;
    return Math.max(1, Math.ceil((openUntilMs - this.#clock.monotonicMs()) / 1_000));
  }

  report(): BreakerReport {
    this.settle();
    const { memory, openUntilMs, consecutiveFailures, passed, probesUnderWay } = this.#breaker;
    const { requests, failures } = this.#breaker.counts(this.#clock.monotonicMs());
    return {
      ...memory,
      modelId: this.#model.id,
      openUntilMs: this.#toWallMs(openUntilMs),
      history: this.#history,
      requests,
      failures,
      consecutiveFailures,
      probesPassed: passed,
      probesUnderWay,
    };
  }

  #tell(step: BreakerStep | null): void {
    if (step === null) return;
    const isTimed = step.to === 'OPEN' && !this.#breaker.isHeld;
    const change: BreakerChange = {
      ...step,
      modelId: this.#model.id,
      atMs: this.#clock.nowMs(),
      openUntilMs: isTimed ? this.#toWallMs(this.#breaker.openUntilMs) : null,
    };
    this.#history = [change, ...this.#history].slice(0, MAX_HISTORY);
    this.#onChange(change);
  }

  #toWallMs(ms: number): number {
    return Math.round(this.#clock.nowMs() + ms - this.#clock.monotonicMs());
  }

  #toOwnMs(wallMs: number): number {
    return this.#clock.monotonicMs() + wallMs - this.#clock.nowMs();
  }
}

function leaseOf(model: Model): number {
  return model.totalTimeoutMs + LEASE_GRACE_MS;
}
