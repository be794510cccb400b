import { type Contrast, contrastArms, type Effect, type Scale } from '../../domain/stats/contrast.ts';
import { type CupedContrast, type CupedSums, contrastCuped } from '../../domain/stats/cuped.ts';
import { type CupedRatioSums, contrastCupedRatio } from '../../domain/stats/cuped-ratio.ts';
import { type ArmSums, type Estimate, estimateArm } from '../../domain/stats/estimate.ts';
import { areCounts, failed, type Outcome, ok } from '../../domain/stats/outcome.ts';
import { contrastStrata } from '../../domain/stats/post-stratify.ts';
import { estimateQuantile } from '../../domain/stats/quantile.ts';
import { type CaseInput, InvalidCase } from './case-input.ts';

const SCALES: readonly Scale[] = ['absolute', 'relative', 'log'];
const ARM_TYPES = ['prop', 'mean', 'ratio', 'quantile'] as const;

export const scaleOf = (input: CaseInput): Scale => input.word('scale', SCALES, 'absolute');

/** The effect that a case means: two arms, adjusted ones, strata, or one given as it is. */
export function effectOf(input: CaseInput): Outcome<Effect & Partial<Contrast & CupedContrast>> {
  const scale = scaleOf(input);
  if (input.has('cuped')) {
    const pair = input.part('cuped');
    return contrastCuped(cupedSums(pair.part('control')), cupedSums(pair.part('treatment')), scale);
  }
  if (input.has('cuped_ratio')) {
    const pair = input.part('cuped_ratio');
    return contrastCupedRatio(ratioSums(pair.part('control')), ratioSums(pair.part('treatment')), scale);
  }
  if (input.has('strata')) return stratifiedEffect(input);
  if (input.has('control')) {
    return withArms(input, (control, treatment) => contrastArms(control, treatment, scale));
  }
  const given = { est: input.number('est'), se: input.number('se'), n: input.number('n', 0), dof: null };
  return ok(given);
}

export function stratifiedEffect(input: CaseInput): Outcome<Contrast> {
  const strata = input.parts('strata').map((stratum) => ({
    control: sumsOf(stratum.part('control')),
    treatment: sumsOf(stratum.part('treatment')),
  }));
  return contrastStrata(strata, scaleOf(input), input.has('weights') ? input.numbers('weights') : undefined);
}

/** What is asked of both arms, or the first failure of either. */
export function withArms<T>(
  input: CaseInput,
  ask: (control: Estimate, treatment: Estimate) => Outcome<T>,
): Outcome<T> {
  const control = armOf(input.part('control'));
  if (control.status !== 'ok') return control;
  const treatment = armOf(input.part('treatment'));
  return treatment.status === 'ok' ? ask(control, treatment) : treatment;
}

export function armOf(arm: CaseInput): Outcome<Estimate> {
  if (!arm.has('type')) return givenEstimate(arm);
  const isQuantile = arm.word('type', ARM_TYPES) === 'quantile';
  return isQuantile ? quantileOf(arm) : estimateArm(sumsOf(arm));
}

export function quantileOf(arm: CaseInput) {
  return estimateQuantile(arm.numbers('values'), arm.names('users'), {
    p: arm.number('p'),
    method: arm.word('method', ['direct', 'post_adjust'], 'direct'),
  });
}

/** An estimate made elsewhere; of variance and standard error one follows from the other. */
function givenEstimate(arm: CaseInput): Outcome<Estimate> {
  const [n, est] = [arm.number('n'), arm.number('est')];
  const se = arm.has('se') ? arm.number('se') : Math.sqrt(arm.number('var') / n);
  const variance = arm.number('var', se * se * n);
  if (!areCounts(n, variance, se) || !Number.isFinite(est)) return failed('invalid_input');
  return n < 2 ? failed('insufficient_data') : ok({ n, est, variance, se });
}

function sumsOf(arm: CaseInput): ArmSums {
  const n = arm.number('n');
  const type = arm.word('type', ARM_TYPES);
  switch (type) {
    case 'prop':
      return { type, n, sum: arm.number('sum') };
    case 'mean':
      return { type, n, sum: arm.number('sum'), sumSquares: arm.number('sum_squares') };
    case 'ratio':
      return {
        type,
        n,
        mSum: arm.number('m_sum'),
        mSumSquares: arm.number('m_sum_squares'),
        dSum: arm.number('d_sum'),
        dSumSquares: arm.number('d_sum_squares'),
        mdSum: arm.number('md_sum'),
      };
    case 'quantile':
      throw new InvalidCase('quantiles have no sums');
  }
}

function cupedSums(arm: CaseInput): CupedSums {
  return {
    n: arm.number('n'),
    ySum: arm.number('y_sum'),
    ySumSquares: arm.number('y_sum_squares'),
    xSum: arm.number('x_sum'),
    xSumSquares: arm.number('x_sum_squares'),
    xySum: arm.number('xy_sum'),
    binary: arm.flag('binary', false),
  };
}

function ratioSums(arm: CaseInput): CupedRatioSums {
  const [md, mm0, md0] = [arm.number('m_d'), arm.number('m_m0'), arm.number('m_d0')];
  const [dm0, dd0, m0d0] = [arm.number('d_m0'), arm.number('d_d0'), arm.number('m0_d0')];
  return {
    n: arm.number('n'),
    sums: {
      m: arm.number('m_sum'),
      d: arm.number('d_sum'),
      m0: arm.number('m0_sum'),
      d0: arm.number('d0_sum'),
    },
    products: [
      [arm.number('m_m'), md, mm0, md0],
      [md, arm.number('d_d'), dm0, dd0],
      [mm0, dm0, arm.number('m0_m0'), m0d0],
      [md0, dd0, m0d0, arm.number('d0_d0')],
    ],
  };
}
