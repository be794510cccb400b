import { criticalZ, exactCriticalZ, mixtureRho, PLANNED_USERS } from '../../domain/stats/always-valid.ts';
import { failed, isShare, type Outcome, ok } from '../../domain/stats/outcome.ts';
import { powerOf, sampleSize, smallestEffect } from '../../domain/stats/power.ts';
import { powerOfRelative, smallestRelativeEffect } from '../../domain/stats/power-relative.ts';
import { checkReadiness, READINESS, type ReadinessFacts } from '../../domain/stats/readiness.ts';
import { type CaseInput, InvalidCase } from './case-input.ts';
import { type CaseFunction, named } from './case-result.ts';

const designOf = (input: CaseInput) => {
  const plannedUsers = input.numberOrNone('n_tune');
  return {
    method: input.word('method', ['fixed', 'sequential'], 'fixed'),
    alpha: input.number('alpha', 0.05),
    power: input.number('power', 0.8),
    sides: input.sides(),
    ...(plannedUsers === undefined ? {} : { plannedUsers }),
  };
};

const variancesOf = (input: CaseInput) => {
  const varControl = input.number('var_control');
  return { varControl, varTreatment: input.number('var_treatment', varControl) };
};

const relativeOf = (input: CaseInput) => ({
  mean: input.number('mean'),
  variance: input.number('variance'),
  users: input.number('n_total'),
  variations: input.number('variations'),
  alpha: input.number('alpha', 0.05),
});

const powerNames = ({ power, zCritical }: { power: number; zCritical: number }) => ({
  power,
  z_crit: zCritical,
});

/** What is asked before an experiment, or to see whether there is enough. */
export const DESIGN_FUNCTIONS: Readonly<Record<string, CaseFunction>> = {
  gate: gateOf,
  mde: (input) =>
    named(
      smallestEffect({
        control: input.number('n_control'),
        treatment: input.number('n_treatment'),
        ...variancesOf(input),
        ...designOf(input),
      }),
      ({ effect, se }) => ({ mde: effect, se }),
    ),
  mde_relative: (input) =>
    named(smallestRelativeEffect(relativeOf(input), input.number('power', 0.8)), ({ effect }) => ({
      mde: effect,
    })),
  power: (input) =>
    named(
      powerOf({
        ...designOf(input),
        effect: input.number('effect'),
        se: input.number('se'),
        n: input.number('n', 0),
      }),
      powerNames,
    ),
  power_relative: (input) => named(powerOfRelative(relativeOf(input), input.number('effect')), powerNames),
  rho: (input) => {
    const rho = mixtureRho(input.number('alpha', 0.05), input.number('n_tune', PLANNED_USERS), input.sides());
    return rho === null ? failed('invalid_input') : ok({ rho });
  },
  sample_size: (input) =>
    named(
      sampleSize({
        effect: input.number('effect'),
        allocation: input.number('allocation', 1),
        ...variancesOf(input),
        ...designOf(input),
      }),
      ({ control, treatment, total, treatmentExact }) => ({
        n_control: control,
        n_treatment: treatment,
        n_total: total,
        n_treatment_exact: treatmentExact,
      }),
    ),
  seq_z: (input) => {
    const [k, alpha, sides] = [input.number('k'), input.number('alpha', 0.05), input.sides()];
    if (!isShare(alpha) || !(k > 0)) return failed('invalid_input');
    return ok({ z_crit: criticalZ(k, alpha, sides), z_exact: exactCriticalZ(k, alpha, sides) });
  },
};

function gateOf(input: CaseInput): Outcome<object> {
  const pair = (name: string) =>
    [input.number(`${name}_control`), input.number(`${name}_treatment`)] as const;
  const users = pair('n');
  const limits = {
    minUsers: input.number('min_users', READINESS.minUsers),
    minCount: input.number('min_count', READINESS.minCount),
    maxDenominatorCv: input.number('max_cv', READINESS.maxDenominatorCv),
    minTail: input.number('min_tail', READINESS.minTail),
  };
  // A case may say no more than its first reason to fail needs.
  const few = checkReadiness({ type: 'mean', users }, limits);
  return few.status === 'ok' ? checkReadiness(factsOf(input, users, pair), limits) : few;
}

function factsOf(
  input: CaseInput,
  users: readonly [number, number],
  pair: (name: string) => readonly [number, number],
): ReadinessFacts {
  const type = input.word('type', ['prop', 'mean', 'ratio', 'quantile']);
  switch (type) {
    case 'mean':
      return { type, users };
    case 'prop':
      return { type, users, successes: pair('x') };
    case 'ratio':
      return { type, users, denominatorCvs: pair('denominator_cv') };
    case 'quantile':
      return { type, users, requests: pair('events'), p: input.number('p') };
    default:
      throw new InvalidCase(`no gate for ${type satisfies never}`);
  }
}
