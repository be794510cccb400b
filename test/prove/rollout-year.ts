import { type Release, simulateYear } from '../support/rollout-year.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface RolloutYearScale {
  readonly days: number;
  /** As many as come in so many days, however slow a good one is. */
  readonly releases: number;
  readonly limitSeconds: number;
}

const SEED = 2;

/** A year of releases with the standard stages, a look every ten seconds, is lived through in seconds. */
export async function proveRolloutYear({
  days,
  releases,
  limitSeconds,
}: RolloutYearScale): Promise<Figure[]> {
  const began = performance.now();
  const year = simulateYear({ seed: SEED, days });
  const seconds = (performance.now() - began) / 1000;
  const of = (quality: Release['quality']) => year.releases.filter((one) => one.quality === quality);
  const ended = (list: readonly Release[]) => list.filter(({ end }) => end !== 'going on');
  const good = ended(of('good'));
  return [
    atLeast('releases in the simulated year', year.releases.length, releases),
    atMost('rules that did not hold', year.fault === null ? 0 : 1, 0),
    atMost('good ones that did not reach everyone', good.filter(({ end }) => end !== 'completed').length, 0),
    atMost(
      'days until they did, p95',
      percentile(
        good.map((one) => one.days),
        0.95,
      ),
      3,
    ),
    atMost('bad ones that reached everyone', of('bad').filter(({ end }) => end === 'completed').length, 0),
    atMost(
      'releases that got more users on bad figures',
      year.releases.filter((one) => one.grewWhileBad).length,
      0,
    ),
    atMost('looks, and all of it in', seconds, limitSeconds, 's'),
  ];
}
