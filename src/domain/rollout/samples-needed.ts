import { inferenceOf } from '../experiment/metric-inference.ts';
import { PLANNED_USERS } from '../stats/always-valid.ts';
import { sampleSize } from '../stats/power.ts';
import { ALPHA_BOUND, boundOf } from './judge-share.ts';
import { isWithin, wanted } from './limit.ts';
import type { Gate } from './plan.ts';

/** Beyond so many nobody waits. */
const MOST_SAMPLES = 1e9;
/** Chance of passing with so many samples, where all is as expected. */
const POWER = 0.8;

/** How many samples a gate asks for, where it can be known. */
export type Need =
  | { readonly kind: 'samples'; readonly samples: number }
  /** No number of samples will do. */
  | { readonly kind: 'never' }
  /** Nobody can say before there are some. */
  | { readonly kind: 'unknown' };

const samples = (count: number): Need => ({ kind: 'samples', samples: count });

/**
 * Samples that a gate needs to pass when the candidate does as well as stable does now. `share`: stable's present value of
 * what the gate counts, 0–1 (of an absolute quantile the requests beyond its limit); null when it is not known, and then
 * the best is hoped for.
 */
export function samplesNeeded(gate: Gate, share: number | null): Need {
  if (gate.mode === 'point') return samples(Math.max(1, gate.minSamples));
  const inference = inferenceOf(gate.metric);
  if (inference === null) return { kind: 'unknown' };
  if (gate.isVsStable)
    return neededAgainstStable(gate, inference.kind === 'ratio' && inference.isShare ? share : null);
  if (inference.kind === 'quantile') {
    return smallestProof({ op: '<=', limit: 1 - inference.p, minSamples: gate.minSamples }, share ?? 0);
  }
  if (!inference.isShare) return { kind: 'unknown' };
  return smallestProof(gate, share ?? (wanted(gate) === 'lower' ? 0 : 1));
}

/** The fewest with whose Clopper–Pearson bound the share is within the limit: below 0.5 % with no error it is 598. */
function smallestProof(gate: Pick<Gate, 'op' | 'limit' | 'minSamples'>, share: number): Need {
  const wants = wanted(gate);
  const proves = (of: number) => isWithin(boundOf({ events: share * of, of }, wants), gate);
  let high = 1;
  while (!proves(high)) {
    high *= 2;
    if (high > MOST_SAMPLES) return { kind: 'never' };
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (proves(middle)) high = middle;
    else low = middle;
  }
  return samples(Math.max(gate.minSamples, high));
}

/** Of each group, by the variance of the logarithm of a share: (1 − p) ÷ p for one sample. */
function neededAgainstStable(gate: Gate, share: number | null): Need {
  const effect = Math.log(gate.limit);
  const isTolerant = wanted(gate) === 'lower' ? effect > 0 : effect < 0;
  // Being surely better than stable is nothing that an equal candidate can show.
  if (!isTolerant) return { kind: 'never' };
  if (share === null || !(share > 0 && share < 1)) return { kind: 'unknown' };
  const size = sampleSize({
    effect,
    varControl: (1 - share) / share,
    method: 'sequential',
    sides: 1,
    alpha: ALPHA_BOUND,
    power: POWER,
    plannedUsers: PLANNED_USERS,
  });
  return size.status === 'ok' ? samples(Math.max(gate.minSamples, size.treatment)) : { kind: 'unknown' };
}
