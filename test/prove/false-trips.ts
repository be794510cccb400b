import { createRng } from '../../sim/rng.ts';
import { Breaker } from '../../src/domain/breaker.ts';
import { BREAKER } from '../config-fixture.ts';

const DAY_MS = 86_400_000;

export interface Traffic {
  readonly seed: number;
  readonly days: number;
  /** On average, as independent callers come. */
  readonly callsPer5Min: number;
  readonly errorRate: number;
}

/** How often a day the breaker of a model opens whose failures are chance alone. */
export function falseTripsADay({ seed, days, callsPer5Min, errorRate }: Traffic): number {
  const rng = createRng('false trips', seed);
  const breaker = new Breaker({ config: BREAKER, leaseMs: 1_000, nowMs: 0 });
  const gapMs = () => (300_000 / callsPer5Min) * -Math.log(1 - rng.next());
  let opened = 0;
  for (let nowMs = 0; nowMs < days * DAY_MS; nowMs += gapMs()) {
    breaker.settle(nowMs);
    if (breaker.standing === 'open') continue;
    const step = breaker.leave(breaker.enter(nowMs), rng.chance(errorRate) ? 'upstream_5xx' : null, nowMs);
    if (step?.to === 'OPEN' && step.from === 'CLOSED') opened += 1;
  }
  return opened / days;
}
