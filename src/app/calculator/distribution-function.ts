import {
  betaCdf,
  betaLn,
  betaQuantile,
  chiSquareSf,
  gammaLn,
  normalCdf,
  normalLogCdf,
  normalQuantile,
  normalSf,
  tCdf,
  tQuantile,
  tSf,
} from '../../domain/stats/distributions.ts';
import { type Outcome, ok } from '../../domain/stats/outcome.ts';
import { type CaseInput, InvalidCase } from './case-input.ts';

const DISTRIBUTIONS: Readonly<Record<string, (input: CaseInput) => number>> = {
  beta_ppf: (input) => betaQuantile(input.number('x'), input.number('a'), input.number('b')),
  betainc: (input) => betaCdf(input.number('x'), input.number('a'), input.number('b')),
  betaln: (input) => betaLn(input.number('a'), input.number('b')),
  chi2_sf: (input) => chiSquareSf(input.number('x'), input.number('df')),
  gammaln: (input) => gammaLn(input.number('x')),
  normal_cdf: (input) => normalCdf(input.number('x')),
  normal_logcdf: (input) => normalLogCdf(input.number('x')),
  normal_ppf: (input) => normalQuantile(input.number('x')),
  normal_sf: (input) => normalSf(input.number('x')),
  t_cdf: (input) => tCdf(input.number('x'), input.number('df')),
  t_ppf: (input) => tQuantile(input.number('x'), input.number('df')),
  t_sf: (input) => tSf(input.number('x'), input.number('df')),
};

/** One value of a distribution, by the name that the grammar has for it. */
export function distributionOf(input: CaseInput): Outcome<{ readonly value: number }> {
  const find = DISTRIBUTIONS[input.word('name', Object.keys(DISTRIBUTIONS))];
  if (find === undefined) throw new InvalidCase('there is no such distribution');
  return ok({ value: find(input) });
}
