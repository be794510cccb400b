import type { Rng } from '../../sim/rng.ts';
import { estimateArm } from '../../src/domain/stats/estimate.ts';
import { estimateQuantile } from '../../src/domain/stats/quantile.ts';
import { fixedUsers, type Peeked, type SimulatedArm } from './peeking.ts';

const proportion = (name: string, scale: 'absolute' | 'log', shares: readonly [number, number]): Peeked => ({
  name,
  scale,
  arm: (rng, isTreatment) => {
    const share = shares[isTreatment ? 1 : 0];
    return fixedUsers('prop', () => ({ m: rng.chance(share) ? 1 : 0, d: 1 }));
  },
});

/** Half of the users are content nearly always, half seldom: sessions of one user are alike. */
function drawSessions(rng: Rng): { readonly m: number; readonly d: number } {
  const share = rng.chance(0.5) ? 0.95 : 0.45;
  const d = 1 + Math.floor(rng.logNormal(1.5, 0.9));
  let m = 0;
  for (let i = 0; i < d; i += 1) if (rng.chance(share)) m += 1;
  return { m, d };
}

/** Metrics in whose experiments both arms are the same. */
export const EQUAL_ARMS: readonly Peeked[] = [
  proportion('completed 70 %', 'absolute', [0.7, 0.7]),
  proportion('followed up 12 %', 'log', [0.12, 0.12]),
  proportion('error 1 %', 'absolute', [0.01, 0.01]),
  {
    name: 'depth, log-normal',
    scale: 'log',
    arm: (rng) => fixedUsers('mean', () => ({ m: rng.logNormal(4, 0.8), d: 1 })),
  },
  {
    name: 'sessions by user',
    scale: 'absolute',
    arm: (rng) => fixedUsers('ratio', () => drawSessions(rng)),
  },
];

export const BETTER_ARM: Peeked = proportion('completed 70 % → 73 %', 'absolute', [0.7, 0.73]);

/** The mistake that everybody makes first: sessions as if each came from a user of its own. */
export const SESSIONS_AS_USERS: Peeked = {
  name: 'sessions as if independent',
  scale: 'absolute',
  arm: (rng) => {
    let [users, sessions, good] = [0, 0, 0];
    return {
      grow(to) {
        for (; users < to; users += 1) {
          const { m, d } = drawSessions(rng);
          sessions += d;
          good += m;
        }
      },
      estimate: () => estimateArm({ type: 'prop', n: sessions, sum: good }),
    };
  },
};

/** Users who are there already keep adding sessions between looks, which the theory does not cover. */
export const OPEN_ENDED: Peeked = {
  name: 'sessions by user, still growing',
  scale: 'absolute',
  looks: 36,
  arm: growingSessions,
};

/** How likely a user who is there comes back before the next look. */
const RETURN_SHARE = 0.1;

function growingSessions(rng: Rng): SimulatedArm {
  const people: { readonly share: number; m: number; d: number }[] = [];
  return {
    grow(users) {
      const before = people.length;
      while (people.length < users) people.push({ share: rng.chance(0.5) ? 0.95 : 0.45, m: 0, d: 0 });
      for (const [i, person] of people.entries()) {
        if (i < before && !rng.chance(RETURN_SHARE)) continue;
        person.d += 1;
        if (rng.chance(person.share)) person.m += 1;
      }
    },
    estimate() {
      const sums = { n: people.length, mSum: 0, mSumSquares: 0, dSum: 0, dSumSquares: 0, mdSum: 0 };
      for (const { m, d } of people) {
        sums.mSum += m;
        sums.mSumSquares += m * m;
        sums.dSum += d;
        sums.dSumSquares += d * d;
        sums.mdSum += m * d;
      }
      return estimateArm({ type: 'ratio', ...sums });
    },
  };
}

/** Requests of one user are about as slow as each other. */
export const LATENCY_P95: Peeked = {
  name: 'P95 by user',
  scale: 'log',
  looks: 20,
  arm: (rng) => {
    const values: number[] = [];
    const owners: number[] = [];
    let users = 0;
    return {
      grow(to) {
        for (; users < to; users += 1) {
          const pace = rng.logNormal(800, 0.6);
          const requests = 1 + Math.floor(rng.logNormal(1.5, 0.7));
          for (let i = 0; i < requests; i += 1) {
            values.push(rng.logNormal(pace, 0.4));
            owners.push(users);
          }
        }
      },
      estimate: () => estimateQuantile(values, owners, { p: 0.95 }),
    };
  },
};
