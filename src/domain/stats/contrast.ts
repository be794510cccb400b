import type { Estimate } from './estimate.ts';
import { failed, type Outcome, ok, type StatsFailure } from './outcome.ts';

/** How treatment B is held against control A: B − A, (B − A) ÷ |A|, or ln(B ÷ A), whose e^x is "x times control". */
export type Scale = 'absolute' | 'relative' | 'log';

/** A difference and how sure it is. */
export interface Effect {
  readonly est: number;
  readonly se: number;
  /** Users of both arms. */
  readonly n: number;
  /** Degrees of freedom of Welch's t; null where only the normal distribution fits. */
  readonly dof: number | null;
}

/** An effect with the figures of the arms that it stands between. */
export interface Contrast extends Effect {
  readonly control: number;
  readonly treatment: number;
}

/**
 * Treatment against control. Rates, latency and "times control" belong on the log scale: an early look at a relative
 * difference errs nearly always to one side. Delta method; degrees of freedom by Welch and Satterthwaite, from the arms'
 * own variances (log: from the scaled ones).
 * Fails as `onScale` does.
 */
export function contrastArms(control: Estimate, treatment: Estimate, scale: Scale): Outcome<Contrast> {
  const [a, b] = [control.se ** 2, treatment.se ** 2];
  const effect = onScale({ a: control.est, b: treatment.est, varA: a, varB: b, cov: 0, scale });
  if (effect.status !== 'ok') return effect;
  const parts = scale === 'log' ? [a / control.est ** 2, b / treatment.est ** 2] : [a, b];
  return ok({
    est: effect.est,
    se: effect.se,
    n: control.n + treatment.n,
    dof: welchDof([parts[0] ?? 0, control.n], [parts[1] ?? 0, treatment.n]),
    control: control.est,
    treatment: treatment.est,
  });
}

export interface PairOfFigures {
  readonly a: number;
  readonly b: number;
  /** Squared standard errors of `a` and `b`, and their covariance. */
  readonly varA: number;
  readonly varB: number;
  readonly cov: number;
  readonly scale: Scale;
}

/**
 * The difference of two figures on a scale, by the delta method.
 * Fails with `baseline_zero`, `baseline_nonpositive`, `zero_variance`.
 */
export function onScale(pair: PairOfFigures): Outcome<{ readonly est: number; readonly se: number }> {
  const { a, b, varA, varB, cov, scale } = pair;
  if (scale === 'relative' && a === 0) return failed('baseline_zero');
  if (scale === 'log' && (a <= 0 || b <= 0)) return failed('baseline_nonpositive');
  const { est, slopeA, slopeB } = differenceOn(scale, a, b);
  const variance = slopeA ** 2 * varA + slopeB ** 2 * varB + 2 * slopeA * slopeB * cov;
  return variance > 0 ? ok({ est, se: Math.sqrt(variance) }) : failed('zero_variance');
}

function differenceOn(scale: Scale, a: number, b: number) {
  switch (scale) {
    case 'absolute':
      return { est: b - a, slopeA: -1, slopeB: 1 };
    case 'relative':
      return { est: (b - a) / Math.abs(a), slopeA: -b / (a * Math.abs(a)), slopeB: 1 / Math.abs(a) };
    case 'log':
      return { est: Math.log(b / a), slopeA: -1 / a, slopeB: 1 / b };
  }
}

/** Welch–Satterthwaite for two squared standard errors, each with its number of users. */
export function welchDof(a: readonly [number, number], b: readonly [number, number]): number | null {
  const [[varA, nA], [varB, nB]] = [a, b];
  const dof = (varA + varB) ** 2 / (varA ** 2 / (nA - 1) + varB ** 2 / (nB - 1));
  return Number.isFinite(dof) ? dof : null;
}

/** What keeps an effect from being tested, if anything does. */
export function effectFailure({
  est,
  se,
}: {
  readonly est: number;
  readonly se: number;
}): StatsFailure | null {
  if (!Number.isFinite(est) || !Number.isFinite(se) || se < 0) return 'invalid_input';
  return se === 0 ? 'zero_variance' : null;
}
