import { PLANNED_USERS, testAnyTime } from '../../domain/stats/always-valid.ts';
import type { Effect } from '../../domain/stats/contrast.ts';
import type { Estimate } from '../../domain/stats/estimate.ts';
import { fiellerRatio } from '../../domain/stats/fieller.ts';
import { testOnce } from '../../domain/stats/fixed-horizon.ts';
import { readHybrid } from '../../domain/stats/hybrid.ts';
import type { Alternative } from '../../domain/stats/interval.ts';
import { readNonInferiority } from '../../domain/stats/non-inferiority.ts';
import type { Outcome } from '../../domain/stats/outcome.ts';
import { type Prior, posteriorOf } from '../../domain/stats/posterior.ts';
import { quantileFromBounds } from '../../domain/stats/quantile.ts';
import { armOf, effectOf, quantileOf, stratifiedEffect, withArms } from './case-effect.ts';
import type { CaseInput } from './case-input.ts';
import { type CaseFunction, named } from './case-result.ts';

const ALTERNATIVES: readonly Alternative[] = ['two-sided', 'greater', 'less'];

/** What is asked of the case's effect, or why it has none. */
function ofEffect<T>(input: CaseInput, ask: (effect: Effect) => Outcome<T>): Outcome<T> {
  const effect = effectOf(input);
  return effect.status === 'ok' ? ask(effect) : effect;
}

const testOptions = (input: CaseInput) => ({
  alpha: input.number('alpha', 0.05),
  alternative: input.word('alternative', ALTERNATIVES, 'two-sided'),
  nullValue: input.number('null', 0),
});

const tuning = (input: CaseInput) => {
  const rho = input.numberOrNone('rho');
  return { plannedUsers: input.number('n_tune', PLANNED_USERS), ...(rho === undefined ? {} : { rho }) };
};

const distribution = (input: CaseInput) => input.word('dist', ['t', 'z'], 't');

const estimateNames = ({ n, est, variance, se }: Estimate) => ({ n, est, var: variance, se });

/** What is asked of arms and of the effect between them. */
export const EFFECT_FUNCTIONS: Readonly<Record<string, CaseFunction>> = {
  arm: (input) => named(armOf(input), estimateNames),
  bayes: (input) => {
    const options = {
      prior: priorOf(input),
      lowerIsBetter: input.flag('lower_is_better', false),
      alpha: input.number('alpha', 0.05),
    };
    return named(
      ofEffect(input, (effect) => posteriorOf(effect, options)),
      ({ mean, sd, lo, hi, ...rest }) => ({
        mean,
        sd,
        lo,
        hi,
        chance_to_win: rest.chanceToWin,
        loss_ship_treatment: rest.lossShipTreatment,
        loss_keep_control: rest.lossKeepControl,
      }),
    );
  },
  contrast: (input) =>
    named(effectOf(input), ({ varianceRatio, ...rest }) =>
      varianceRatio === undefined ? rest : { ...rest, variance_ratio: varianceRatio },
    ),
  fieller: (input) => {
    const critical = input.numberOrNone('crit');
    const options = { alpha: input.number('alpha', 0.05), ...(critical === undefined ? {} : { critical }) };
    return withArms(input, (control, treatment) => fiellerRatio(control, treatment, options));
  },
  fixed: (input) =>
    ofEffect(input, (effect) => testOnce(effect, { ...testOptions(input), dist: distribution(input) })),
  hybrid,
  noninferiority,
  poststrat: stratifiedEffect,
  quantile_arm: (input) =>
    named(quantileOf(input), ({ n, est, se, requests, ranks }) => ({
      est,
      se,
      n_users: n,
      n_events: requests,
      sigma_I: ranks.sigma,
      design_effect: ranks.designEffect,
      lower_rank: ranks.lower,
      upper_rank: ranks.upper,
    })),
  quantile_var_from_bounds: (input) => {
    const bounds = {
      at: input.number('quantile_hat'),
      lower: input.number('quantile_lower'),
      upper: input.number('quantile_upper'),
    };
    return named(quantileFromBounds(input.number('n'), bounds, input.numberOrNone('n_star')), estimateNames);
  },
  sequential: (input) =>
    named(
      ofEffect(input, (effect) => testAnyTime(effect, { ...testOptions(input), ...tuning(input) })),
      ({ zCritical, logE, ...rest }) => ({ ...rest, z_crit: zCritical, log_e: logE }),
    ),
};

function hybrid(input: CaseInput): Outcome<object> {
  const options = {
    ...testOptions(input),
    alphaEarly: input.number('alpha_early', 0.01),
    isFinal: input.flag('final', false),
    plannedUsers: input.number('n_tune', PLANNED_USERS),
  };
  return named(
    ofEffect(input, (effect) => readHybrid(effect, options)),
    ({ est, se, lo, hi, reject, ...rest }) => ({
      est,
      se,
      lo,
      hi,
      reject,
      reject_early: rest.rejectEarly,
      p_sequential: rest.pSequential,
      p_fixed: rest.pFixed,
      alpha_used: rest.alphaUsed,
    }),
  );
}

function noninferiority(input: CaseInput): Outcome<object> {
  const options = {
    margin: input.number('margin'),
    higherIsBetter: input.flag('higher_is_better', true),
    alpha: input.number('alpha', 0.05),
    method: input.word('method', ['sequential', 'fixed'], 'sequential'),
    dist: distribution(input),
    ...tuning(input),
  };
  return named(
    ofEffect(input, (effect) => readNonInferiority(effect, options)),
    ({ est, se, bound, harm, ...rest }) => ({
      est,
      se,
      bound,
      harm,
      noninferior: rest.nonInferior,
      p_noninferior: rest.pNonInferior,
      p_harm: rest.pHarm,
    }),
  );
}

function priorOf(input: CaseInput): Prior {
  if (!input.has('prior')) return null;
  const prior = input.part('prior');
  const isProper = prior.flag('proper', false);
  return isProper ? { mean: prior.number('mean', 0), variance: prior.number('variance') } : null;
}
