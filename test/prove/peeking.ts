import { createRng, type Rng } from '../../sim/rng.ts';
import { testAnyTime } from '../../src/domain/stats/always-valid.ts';
import { contrastArms, type Effect, type Scale } from '../../src/domain/stats/contrast.ts';
import { type ArmSums, type Estimate, estimateArm } from '../../src/domain/stats/estimate.ts';
import { testOnce } from '../../src/domain/stats/fixed-horizon.ts';
import { readHybrid } from '../../src/domain/stats/hybrid.ts';
import type { Outcome } from '../../src/domain/stats/outcome.ts';

/** Every experiment is looked at so often, from 100 users an arm to 4,000. */
const LOOKS = 72;
const FIRST_USERS = 100;
export const LAST_USERS = 4_000;
const PLANNED_USERS = 2 * LAST_USERS;

/** Users of one arm as they come; `grow` brings those until there are `users` of them. */
export interface SimulatedArm {
  grow(users: number): void;
  estimate(): Outcome<Estimate>;
}

export interface Peeked {
  readonly name: string;
  readonly scale: Scale;
  readonly looks?: number;
  arm(rng: Rng, isTreatment: boolean): SimulatedArm;
}

/** Shares of experiments in which a reader would have called a difference, 0–1. */
export interface Alarms {
  /** A fixed test at every look, as everybody does it. */
  readonly naiveAnyLook: number;
  readonly naiveAtEnd: number;
  readonly alwaysValid: number;
  readonly oneSided: number;
  readonly hybrid: number;
  /** Where the always-valid interval left out the true effect at some look. */
  readonly missedTruth: number;
}

/** Simulates experiments whose true effect is `truth` on the scale of the metric, each looked at again and again. */
export function peek(
  metric: Peeked,
  { runs, truth = 0 }: { readonly runs: number; readonly truth?: number },
): Alarms {
  const counts = { naiveAnyLook: 0, naiveAtEnd: 0, alwaysValid: 0, oneSided: 0, hybrid: 0, missedTruth: 0 };
  for (let run = 0; run < runs; run += 1) {
    const alarms = peekOnce(metric, createRng('calibration', metric.name, run), truth);
    for (const name of Object.keys(counts) as (keyof Alarms)[]) if (alarms[name]) counts[name] += 1;
  }
  const share = (count: number): number => count / runs;
  return {
    naiveAnyLook: share(counts.naiveAnyLook),
    naiveAtEnd: share(counts.naiveAtEnd),
    alwaysValid: share(counts.alwaysValid),
    oneSided: share(counts.oneSided),
    hybrid: share(counts.hybrid),
    missedTruth: share(counts.missedTruth),
  };
}

function peekOnce(
  { arm, scale, looks = LOOKS }: Peeked,
  rng: Rng,
  truth: number,
): Record<keyof Alarms, boolean> {
  const [control, treatment] = [arm(rng, false), arm(rng, true)];
  const alarms = {
    naiveAnyLook: false,
    naiveAtEnd: false,
    alwaysValid: false,
    oneSided: false,
    hybrid: false,
    missedTruth: false,
  };
  for (let look = 0; look < looks; look += 1) {
    const users = Math.round(FIRST_USERS + ((LAST_USERS - FIRST_USERS) * look) / (looks - 1));
    control.grow(users);
    treatment.grow(users);
    const effect = effectBetween(control, treatment, scale);
    if (effect === null) continue;
    const isFinal = look === looks - 1;
    const plannedUsers = PLANNED_USERS;
    const naive = isBelow(testOnce(effect), 0.05);
    const always = testAnyTime(effect, { plannedUsers });
    const hybrid = readHybrid(effect, { plannedUsers, isFinal });
    alarms.naiveAnyLook ||= naive;
    alarms.naiveAtEnd = isFinal && naive;
    alarms.alwaysValid ||= isBelow(always, 0.05);
    alarms.oneSided ||= isBelow(testAnyTime(effect, { plannedUsers, alternative: 'greater' }), 0.05);
    alarms.hybrid ||= hybrid.status === 'ok' && hybrid.reject;
    alarms.missedTruth ||= always.status === 'ok' && (truth < always.lo || truth > always.hi);
  }
  return alarms;
}

function effectBetween(control: SimulatedArm, treatment: SimulatedArm, scale: Scale): Effect | null {
  const [a, b] = [control.estimate(), treatment.estimate()];
  if (a.status !== 'ok' || b.status !== 'ok') return null;
  const contrast = contrastArms(a, b, scale);
  return contrast.status === 'ok' ? contrast : null;
}

const isBelow = (test: Outcome<{ readonly p: number }>, alpha: number): boolean =>
  test.status === 'ok' && test.p < alpha;

/** An arm whose users never change once they are there: `draw` gives a user's m and d. */
export function fixedUsers(
  type: ArmSums['type'],
  draw: () => { readonly m: number; readonly d: number },
): SimulatedArm {
  const sums = { n: 0, mSum: 0, mSumSquares: 0, dSum: 0, dSumSquares: 0, mdSum: 0 };
  return {
    grow(users) {
      for (; sums.n < users; sums.n += 1) {
        const { m, d } = draw();
        sums.mSum += m;
        sums.mSumSquares += m * m;
        sums.dSum += d;
        sums.dSumSquares += d * d;
        sums.mdSum += m * d;
      }
    },
    estimate() {
      const { n, mSum: sum, mSumSquares: sumSquares } = sums;
      if (type === 'prop') return estimateArm({ type, n, sum });
      return estimateArm(type === 'mean' ? { type, n, sum, sumSquares } : { type, ...sums });
    },
  };
}
