import { effectFailure } from './contrast.ts';
import { normalCdf, normalPdf, normalQuantile } from './distributions.ts';
import type { Interval } from './interval.ts';
import { failed, isShare, type Outcome, ok } from './outcome.ts';

/** Mean and variance of a normal prior on the effect's own scale; null says nothing beforehand. On the log scale
 * N(0, 0.3²) is a fair one: most models differ by less than a factor of e^0.6. */
export type Prior = { readonly mean: number; readonly variance: number } | null;

export interface Posterior extends Interval {
  readonly mean: number;
  readonly sd: number;
  readonly chanceToWin: number;
  /** What is lost on average by choosing wrongly, on the effect's scale. */
  readonly lossShipTreatment: number;
  readonly lossKeepControl: number;
}

export interface PosteriorOptions {
  readonly prior?: Prior;
  readonly lowerIsBetter?: boolean;
  readonly alpha?: number;
}

/**
 * What to believe of an effect, for display ONLY: stopping when the chance to win passes 95 % declares a winner between
 * equal models in more than half of all experiments. Normal prior and likelihood; expected losses s·φ(μ/s) ∓ μ·Φ(∓μ/s).
 * Fails with `invalid_input`, `zero_variance`.
 */
export function posteriorOf(
  effect: { readonly est: number; readonly se: number },
  { prior = null, lowerIsBetter = false, alpha = 0.05 }: PosteriorOptions = {},
): Outcome<Posterior> {
  const failure = effectFailure(effect);
  if (failure !== null) return failed(failure);
  if (!isShare(alpha) || (prior !== null && !(prior.variance > 0))) return failed('invalid_input');
  const precision = 1 / effect.se ** 2;
  const priorPrecision = prior === null ? 0 : 1 / prior.variance;
  const sd = 1 / Math.sqrt(precision + priorPrecision);
  const mean =
    prior === null
      ? effect.est
      : (effect.est * precision + prior.mean * priorPrecision) / (precision + priorPrecision);
  const half = -normalQuantile(alpha / 2) * sd;
  const ratio = (lowerIsBetter ? -mean : mean) / sd;
  return ok({
    mean,
    sd,
    lo: mean - half,
    hi: mean + half,
    chanceToWin: normalCdf(ratio),
    lossShipTreatment: expectedLoss(ratio, sd),
    lossKeepControl: expectedLoss(-ratio, sd),
  });
}

/** s·φ(r) − s·r·Φ(−r), which rounding takes below zero far out. */
function expectedLoss(ratio: number, sd: number): number {
  return Math.max(0, sd * (normalPdf(ratio) - ratio * normalCdf(-ratio)));
}
