import type { StrataConfig } from '../experiment.ts';
import { addSums } from '../stats/add-sums.ts';
import { type Contrast, contrastArms, type Scale } from '../stats/contrast.ts';
import { type RatioSums, sampleVariance } from '../stats/estimate.ts';
import { failed, type Outcome } from '../stats/outcome.ts';
import { contrastStrata } from '../stats/post-stratify.ts';
import { checkReadiness } from '../stats/readiness.ts';
import type { MetricEvidence, QuantileCell, StratumCells } from './evidence.ts';
import type { Inference } from './metric-inference.ts';

export interface ContrastOptions {
  readonly inference: Inference;
  readonly scale: Scale;
  /** Index of the arm that is held against the control. */
  readonly arm: number;
  readonly strata: StrataConfig | null;
}

/** An arm against the control by one metric, or why there is not enough to compare by. */
export function contrastMetric(
  evidence: MetricEvidence | undefined,
  { inference, scale, arm, strata }: ContrastOptions,
): Outcome<Contrast> {
  if (evidence === undefined) return failed('insufficient_data');
  if (evidence.kind === 'quantile') {
    const [control, treatment] = [evidence.arms[0], evidence.arms[arm]];
    if (control === undefined || treatment === undefined || inference.kind !== 'quantile') {
      return failed('insufficient_data');
    }
    return contrastQuantiles({ control, treatment, p: inference.p, scale });
  }
  return contrastRatios(evidence.strata, { inference, scale, arm, strata });
}

function contrastQuantiles(pair: {
  readonly control: QuantileCell;
  readonly treatment: QuantileCell;
  readonly p: number;
  readonly scale: Scale;
}): Outcome<Contrast> {
  const { control, treatment, p, scale } = pair;
  if (control.estimate.status !== 'ok') return control.estimate;
  if (treatment.estimate.status !== 'ok') return treatment.estimate;
  const ready = checkReadiness({
    type: 'quantile',
    users: [control.estimate.n, treatment.estimate.n],
    requests: [control.requests, treatment.requests],
    p,
  });
  return ready.status === 'ok' ? contrastArms(control.estimate, treatment.estimate, scale) : ready;
}

function contrastRatios(
  strata: readonly StratumCells[],
  { inference, scale, arm, strata: config }: ContrastOptions,
): Outcome<Contrast> {
  const pairs = strata.flatMap(({ name, arms }) => {
    const [control, treatment] = [arms[0]?.sums, arms[arm]?.sums];
    const isThere = control !== undefined && treatment !== undefined && control.n + treatment.n > 0;
    return isThere ? [{ name, control, treatment }] : [];
  });
  const [control, treatment] = [
    totalOf(pairs.map((pair) => pair.control)),
    totalOf(pairs.map((pair) => pair.treatment)),
  ];
  const users = [control.n, treatment.n] as const;
  const ready = checkReadiness({
    type: 'ratio',
    users,
    denominatorCvs: [denominatorCv(control), denominatorCv(treatment)],
  });
  if (ready.status !== 'ok') return ready;
  if (inference.kind === 'ratio' && inference.isShare && [control, treatment].some(isSparse)) {
    return failed('sparse_counts');
  }
  const weights = config?.weights ?? null;
  // Weights for new and returning users say nothing about those of whom nobody knows what they are.
  const canWeigh = weights !== null && pairs.length === 2 && pairs.every(({ name }) => name !== 'unknown');
  return canWeigh
    ? contrastStrata(
        pairs,
        scale,
        pairs.map(({ name }) => (name === 'new' ? weights.new : weights.returning)),
      )
    : contrastStrata(pairs, scale);
}

/** Fewer than this with, or without, what the share counts: the normal distribution does not fit. */
const MIN_COUNT = 10;
const isSparse = ({ mSum, dSum }: RatioSums): boolean => Math.min(mSum, dSum - mSum) < MIN_COUNT;

/** How unsure the mean denominator is, relative to itself; infinite where there is none. */
function denominatorCv({ n, dSum, dSumSquares }: RatioSums): number {
  return dSum > 0 && n > 1
    ? Math.sqrt(Math.max(0, sampleVariance(n, dSum, dSumSquares)) / n) / (dSum / n)
    : 1;
}

function totalOf(parts: readonly RatioSums[]): RatioSums {
  const none: RatioSums = { type: 'ratio', n: 0, mSum: 0, mSumSquares: 0, dSum: 0, dSumSquares: 0, mdSum: 0 };
  return parts.reduce(addSums, none);
}
