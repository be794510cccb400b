import { type AnyTimeOptions, testAnyTime } from './always-valid.ts';
import type { Effect } from './contrast.ts';
import { testOnce } from './fixed-horizon.ts';
import { failed, type Outcome, ok } from './outcome.ts';

export interface NonInferiorityOptions extends Pick<AnyTimeOptions, 'plannedUsers' | 'rho'> {
  /** How much worse is still bearable, above zero, on the effect's own scale. */
  readonly margin: number;
  readonly higherIsBetter: boolean;
  /** For "not worse by more than the margin". */
  readonly alpha?: number;
  /** For "worse"; a share of 0.05 where several guardrails can stop an experiment. */
  readonly alphaHarm?: number;
  readonly method?: 'sequential' | 'fixed';
  readonly dist?: 't' | 'z';
}

export interface NonInferiority {
  readonly est: number;
  readonly se: number;
  /** The worst that the effect may still be. */
  readonly bound: number;
  readonly pNonInferior: number;
  readonly pHarm: number;
  readonly nonInferior: boolean;
  /** Both can be true: harm, but within a generous margin. */
  readonly harm: boolean;
}

/**
 * Reads a guardrail twice, one-sided: is it worse, and is it not worse by more than the margin? Neither means that nobody
 * knows yet. Guardrails must all pass, so passing needs no correction for their number; being stopped by any does
 * (Schultzberg and others at Spotify, arXiv 2402.11609).
 * Fails with `invalid_input`, `zero_variance`.
 */
export function readNonInferiority(
  effect: Effect,
  {
    margin,
    higherIsBetter,
    alpha = 0.05,
    alphaHarm = alpha,
    method = 'sequential',
    ...test
  }: NonInferiorityOptions,
): Outcome<NonInferiority> {
  if (!(margin > 0) || !Number.isFinite(margin)) return failed('invalid_input');
  const read = method === 'sequential' ? testAnyTime : testOnce;
  const [good, bad] = higherIsBetter ? (['greater', 'less'] as const) : (['less', 'greater'] as const);
  const nullValue = higherIsBetter ? -margin : margin;
  const safe = read(effect, { ...test, alpha, alternative: good, nullValue });
  if (safe.status !== 'ok') return safe;
  const worse = read(effect, { ...test, alpha: alphaHarm, alternative: bad });
  if (worse.status !== 'ok') return worse;
  return ok({
    est: effect.est,
    se: effect.se,
    bound: higherIsBetter ? safe.lo : safe.hi,
    pNonInferior: safe.p,
    pHarm: worse.p,
    nonInferior: safe.p < alpha,
    harm: worse.p < alphaHarm,
  });
}
