import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effects, levels, numbers, real } from '../../../test/support/stats-arbitraries.ts';
import { criticalZ, exactCriticalZ, logEvidence, mixtureRho, testAnyTime } from './always-valid.ts';
import { testOnce } from './fixed-horizon.ts';
import { readHybrid } from './hybrid.ts';
import type { Alternative } from './interval.ts';
import { readNonInferiority } from './non-inferiority.ts';

const alternatives = fc.constantFrom<Alternative>('two-sided', 'greater', 'less');

describe('tests and intervals', () => {
  it('agree: p is below alpha if and only if the interval leaves the null value out', () => {
    fc.assert(
      fc.property(effects, alternatives, levels, real(-2, 2), (effect, alternative, alpha, nullValue) => {
        for (const test of [testOnce, testAnyTime]) {
          const { p, lo, hi } = numbers(test(effect, { alpha, alternative, nullValue }));
          const distance = Math.min(Math.abs(lo - nullValue), Math.abs(hi - nullValue));
          fc.pre(distance > 1e-6 * effect.se && Math.abs(p - alpha) > 1e-9);
          expect(p < alpha).toBe(nullValue < lo || nullValue > hi);
        }
      }),
    );
  });

  it('turn over when the arms are swapped', () => {
    const mirrored = { 'two-sided': 'two-sided', greater: 'less', less: 'greater' } as const;
    fc.assert(
      fc.property(effects, alternatives, (effect, alternative) => {
        for (const test of [testOnce, testAnyTime]) {
          const there = numbers(test(effect, { alternative }));
          const back = numbers(test({ ...effect, est: -effect.est }, { alternative: mirrored[alternative] }));
          expect(back.p).toBeCloseTo(there.p, 12);
          expect([back.lo, back.hi].map((end) => -end)).toEqual([there.hi, there.lo]);
        }
      }),
    );
  });

  it('are narrower for one look than for any look, and surer with a larger effect', () => {
    fc.assert(
      fc.property(effects, levels, real(1.01, 3), (effect, alpha, factor) => {
        const once = numbers(testOnce({ ...effect, dof: null }, { alpha }));
        const always = numbers(testAnyTime(effect, { alpha }));
        expect(once.hi).toBeLessThan(always.hi);
        const further = numbers(testAnyTime({ ...effect, est: effect.est * factor }, { alpha }));
        expect(further.p).toBeLessThanOrEqual(always.p);
        expect(further.logE).toBeGreaterThanOrEqual(always.logE);
      }),
    );
  });

  it('keep the explicit one-sided bound above the exact root, by less than a fiftieth', () => {
    fc.assert(
      fc.property(real(0.01, 1e4), real(0.001, 0.05), (k, alpha) => {
        const [bound, root] = [criticalZ(k, alpha, 1), exactCriticalZ(k, alpha, 1)];
        expect(bound).toBeGreaterThanOrEqual(root);
        expect(bound / root).toBeLessThan(1.02);
        expect(logEvidence(root, k, 1)).toBeCloseTo(-Math.log(alpha), 9);
      }),
    );
  });

  it('have an e-value whose mean over the null distribution is one', () => {
    for (const sides of [1, 2] as const) {
      let mean = 0;
      const step = 1e-3;
      for (let z = -30; z < 30; z += step) {
        mean += step * Math.exp(logEvidence(z, 3, sides) - (z * z) / 2) * (2 * Math.PI) ** -0.5;
      }
      expect(mean).toBeCloseTo(1, 6);
    }
  });

  it('are tightest at the planned number of users', () => {
    const width = (n: number) => criticalZ(n * (mixtureRho(0.05, 5_000) ?? 0) ** 2, 0.05, 2) / Math.sqrt(n);
    const relative = (n: number) => width(n) * Math.sqrt(n);
    expect(relative(5_000)).toBeCloseTo(3.035, 3);
    expect(relative(2_500)).toBeCloseTo(3.08, 2);
    expect(relative(625)).toBeCloseTo(3.66, 2);
    expect(relative(30_000)).toBeCloseTo(3.18, 2);
  });

  it('shows nothing of the fixed read before the end', () => {
    fc.assert(
      fc.property(effects, (drawn) => {
        const effect = { ...drawn, dof: null };
        const running = numbers(readHybrid(effect));
        const final = numbers(readHybrid(effect, { isFinal: true }));
        expect([running.pFixed, running.alphaUsed]).toEqual([null, 0.01]);
        expect(final.alphaUsed).toBeCloseTo(0.04);
        expect(final.hi).toBeLessThan(running.hi + Number.EPSILON);
        if (running.reject) expect(final.reject).toBe(true);
      }),
    );
  });

  it('never calls an effect both safe and harmful beyond the margin', () => {
    fc.assert(
      fc.property(effects, fc.boolean(), real(0.01, 2), (effect, higherIsBetter, margin) => {
        const read = numbers(readNonInferiority(effect, { margin, higherIsBetter }));
        const loss = higherIsBetter ? -effect.est : effect.est;
        if (read.nonInferior) expect(loss).toBeLessThan(margin);
        if (read.harm) expect(loss).toBeGreaterThan(0);
        expect(read.nonInferior).toBe(higherIsBetter ? read.bound > -margin : read.bound < margin);
      }),
    );
  });
});
