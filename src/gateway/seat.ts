import { NO_PASS, type Pass, type Verdict } from '../domain/breaker.ts';
import type { Model } from '../domain/config.ts';
import type { Waiter } from './admission.ts';
import type { Services } from './exchange.ts';
import { queueFullFault } from './upstream-fault.ts';

/**
 * A request's seat at one model after the other: a permit of the model's limits, or a place in its queue, and what its
 * breaker is to hear. Each is given back once.
 */
export class Seat {
  hasPermit = false;
  readonly #services: Services;
  readonly #isJudged: boolean;
  #model: Model | null = null;
  #pass: Pass = NO_PASS;

  /** `isJudged`: whether the request says anything about the model's health. */
  constructor(services: Services, isJudged: boolean) {
    this.#services = services;
    this.#isJudged = isJudged;
  }

  /** True when there is a permit at once, false when `waiter` stands in the queue. Throws Fault where that is full. */
  take(model: Model, waiter: Waiter): boolean {
    const { admission, breakers } = this.#services;
    const admitted = admission.acquire(model.id, model, waiter);
    if (admitted === 'full') throw queueFullFault(model);
    this.#model = model;
    this.hasPermit = admitted === 'now';
    if (this.#isJudged) this.#pass = breakers.enter(model.id);
    return this.hasPermit;
  }

  /** The permit has come. What the breaker said when the waiting began may be long ago, unless it leased a probe. */
  onPermit(): void {
    this.hasPermit = true;
    if (this.#pass > 0 && this.#model !== null) this.#pass = this.#services.breakers.enter(this.#model.id);
  }

  /** Tells the breaker how it went; later calls tell nothing. */
  tell(verdict: Verdict): void {
    const pass = this.#pass;
    this.#pass = NO_PASS;
    if (pass !== NO_PASS && this.#model !== null)
      this.#services.breakers.leave(this.#model.id, pass, verdict);
  }

  /** Gives the permit back, or leaves the queue; a breaker that was told nothing so far learns nothing. */
  leave(waiter: Waiter): void {
    this.tell('rejected');
    const model = this.#model;
    this.#model = null;
    if (model === null) return;
    const { admission } = this.#services;
    if (this.hasPermit) admission.release(model.id);
    else admission.cancel(model.id, waiter);
    this.hasPermit = false;
  }
}
