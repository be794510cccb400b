import { adjustPValues, CORRECTIONS, discoverByEvidence } from '../../domain/stats/multiplicity.ts';
import { testRareEvent } from '../../domain/stats/rare-event.ts';
import { rateSequence } from '../../domain/stats/rate-sequence.ts';
import { checkSampleRatio, gatherRatioEvidence } from '../../domain/stats/sample-ratio.ts';
import { type CaseFunction, named } from './case-result.ts';

/** What ssrm was published with, and its cases with it. The product itself uses 300. */
const PUBLISHED_CONCENTRATION = 10_000;

/** What is asked of counts, p values and e-values. */
export const COUNT_FUNCTIONS: Readonly<Record<string, CaseFunction>> = {
  bernoulli_cs: (input) =>
    rateSequence(
      { successes: input.number('s'), n: input.number('n') },
      {
        alpha: input.number('alpha', 0.05),
        alphaTightest: input.number('alpha_opt', 0.05),
        tightestAt: input.number('t_opt'),
      },
    ),
  ebh: (input) => discoverByEvidence(input.numbers('e'), input.number('alpha', 0.05)),
  multiple: (input) => adjustPValues(input.numbers('p'), input.word('method', CORRECTIONS)),
  rare_event: (input) =>
    named(
      testRareEvent(
        {
          control: { users: input.number('n_c'), withEvent: input.number('x_c') },
          treatment: { users: input.number('n_t'), withEvent: input.number('x_t') },
        },
        { ratio: input.number('ratio0', 1), a: input.number('a', 1), b: input.number('b', 1) },
      ),
      ({ pi0, p, logE }) => ({ pi0, p, log_e: logE }),
    ),
  srm: (input) =>
    named(
      checkSampleRatio(input.numbers('observed'), input.numbers('weights')),
      ({ chi2, dof, p, minExpected }) => ({ chi2, dof, p, min_expected: minExpected }),
    ),
  srm_seq: (input) => {
    const increments = input.has('increments') ? input.lists('increments') : [input.numbers('observed')];
    const concentration = input.number('concentration', PUBLISHED_CONCENTRATION);
    const dirichlet = input.has('dirichlet') ? { dirichlet: input.numbers('dirichlet') } : {};
    return named(
      gatherRatioEvidence(increments, input.numbers('weights'), { concentration, ...dirichlet }),
      ({ p, logE }) => ({ p, log_e: logE }),
    );
  },
};
