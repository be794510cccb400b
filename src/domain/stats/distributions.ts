import betainc from '@stdlib/math-base-special-betainc';
import gammainc from '@stdlib/math-base-special-gammainc';
import normalDistribution from '@stdlib/stats-base-dists-normal-cdf';
import normalLogDistribution from '@stdlib/stats-base-dists-normal-logcdf';
import normalInverse from '@stdlib/stats-base-dists-normal-quantile';
import tDistribution from '@stdlib/stats-base-dists-t-cdf';
import tInverse from '@stdlib/stats-base-dists-t-quantile';

export { default as betaLn } from '@stdlib/math-base-special-betaln';
export { default as gammaLn } from '@stdlib/math-base-special-gammaln';
export { default as betaQuantile } from '@stdlib/stats-base-dists-beta-quantile';

/*
 * The distributions in the forms that tests need. An upper tail is computed as a tail, never as 1 − cdf: that is
 * 0 from 8.3 standard deviations on, while a tail goes down to 1e-300. Outside its domain each gives NaN.
 */

export const normalCdf = (x: number): number => normalDistribution(x, 0, 1);
/** P(Z > x). */
export const normalSf = (x: number): number => normalDistribution(-x, 0, 1);
export const normalLogCdf = (x: number): number => normalLogDistribution(x, 0, 1);
export const normalQuantile = (p: number): number => normalInverse(p, 0, 1);
export const normalPdf = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** `dof` may be a fraction, as Welch's is. */
export const tCdf = (x: number, dof: number): number => tDistribution(x, dof);
/** P(T > x). */
export const tSf = (x: number, dof: number): number => tDistribution(-x, dof);
export const tQuantile = (p: number, dof: number): number => tInverse(p, dof);

/** P(χ² > x). */
export const chiSquareSf = (x: number, dof: number): number => gammainc(x / 2, dof / 2, true, true);

/** I_x(a, b), the regularised incomplete beta function: P(X ≤ x). */
export const betaCdf = (x: number, a: number, b: number): number => betainc(x, a, b);
/** 1 − I_x(a, b) = P(X > x). */
export const betaSf = (x: number, a: number, b: number): number => betainc(x, a, b, true, true);
