import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POSITIONS, placeOf } from './bucket.ts';
import { type Arm, armAt, armOf, firstPosition, mostSteps, stratumOf } from './experiment.ts';
import { checkSampleRatio } from './stats/sample-ratio.ts';

const armsOf = (...steps: readonly number[]): Arm[] =>
  steps.map((share, i) => ({ name: `arm-${i}`, modelId: `model-${i}`, steps: share }));
const everyPosition = Array.from({ length: POSITIONS }, (_, position) => position);
const USERS = Array.from({ length: 40_000 }, (_, i) => `uid_${i}`);

const someArms = fc
  .integer({ min: 2, max: 9 })
  .chain((count) =>
    fc.array(fc.integer({ min: 0, max: mostSteps(count) }), { minLength: count, maxLength: count }),
  )
  .map((steps) => armsOf(...steps));

describe('armAt', () => {
  it('gives each arm as many positions as it has steps, from its own place on', () => {
    fc.assert(
      fc.property(someArms, (arms) => {
        const positions = new Map<string, number[]>(arms.map(({ name }) => [name, []]));
        for (const position of everyPosition) {
          const arm = armAt(arms, position);
          if (arm) positions.get(arm.name)?.push(position);
        }
        for (const [i, { name, steps }] of arms.entries()) {
          const from = firstPosition(i, arms.length);
          expect(positions.get(name)).toEqual(everyPosition.slice(from, from + steps));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('only adds users when shares grow', () => {
    fc.assert(
      fc.property(someArms, fc.double({ min: 0, max: 1, noNaN: true }), (arms, part) => {
        const room = mostSteps(arms.length);
        const grown = arms.map((arm) => ({
          ...arm,
          steps: arm.steps + Math.floor((room - arm.steps) * part),
        }));
        for (const position of everyPosition) {
          const before = armAt(arms, position);
          if (before) expect(armAt(grown, position)?.name).toBe(before.name);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [2, [0, 5_000]],
    [3, [0, 3_334, 6_667]],
    [4, [0, 2_500, 5_000, 7_500]],
  ])('%i arms begin at %j', (count, starts) => {
    expect(starts.map((_, i) => firstPosition(i, count))).toEqual(starts);
  });
});

describe('armOf', () => {
  const experiment = { salt: 'exp_qwen3', arms: armsOf(2_000, 2_000) };

  /** Whether two ways to sort users have nothing to do with each other, by chi-square over the cells. */
  function independence(first: (id: string) => string, second: (id: string) => string): number {
    const cells = new Map<string, number>();
    const [rows, columns] = [new Map<string, number>(), new Map<string, number>()];
    for (const id of USERS) {
      const [row, column] = [first(id), second(id)];
      cells.set(`${row}/${column}`, (cells.get(`${row}/${column}`) ?? 0) + 1);
      rows.set(row, (rows.get(row) ?? 0) + 1);
      columns.set(column, (columns.get(column) ?? 0) + 1);
    }
    const keys = [...rows.keys()].flatMap((row) =>
      [...columns.keys()].map((column) => [row, column] as const),
    );
    const ratio = checkSampleRatio(
      keys.map(([row, column]) => cells.get(`${row}/${column}`) ?? 0),
      keys.map(([row, column]) => (rows.get(row) ?? 0) * (columns.get(column) ?? 0)),
    );
    return ratio.status === 'ok' ? ratio.p : 0;
  }
  const nameIn = (salt: string) => (id: string) => armOf({ ...experiment, salt }, id)?.name ?? 'route';

  it('fills the arms as planned', () => {
    const names = USERS.map(nameIn(experiment.salt));
    const counts = ['arm-0', 'arm-1', 'route'].map((name) => names.filter((one) => one === name).length);
    const ratio = checkSampleRatio(counts, [20, 20, 60]);
    expect(ratio).toMatchObject({ status: 'ok' });
    expect(ratio.status === 'ok' && ratio.p).toBeGreaterThan(1e-3);
  });

  it('has nothing to do with the split of the route', () => {
    const split = (id: string): string => (placeOf(id).position < 8_000 ? 'stable' : 'candidate');
    expect(independence(nameIn(experiment.salt), split)).toBeGreaterThan(1e-3);
  });

  it('has nothing to do with other experiments', () => {
    for (const salt of ['exp_qwen4', 'exp_qwen3 ', 'EXP_QWEN3', '']) {
      expect(independence(nameIn(experiment.salt), nameIn(salt)), salt).toBeGreaterThan(1e-3);
    }
    expect(independence(nameIn(experiment.salt), nameIn(experiment.salt))).toBe(0);
  });
});

describe('stratumOf', () => {
  const DAY = 86_400_000;
  const [now, week] = [100 * DAY, 7 * DAY];
  const times = { createdAtMs: null, firstSeenMs: now, exposedAtMs: now, watchingSinceMs: 0 };

  it.each([
    ['created a day ago', { createdAtMs: now - DAY }, 'new'],
    ['created a week ago', { createdAtMs: now - week }, 'returning'],
    ['created long ago, seen now', { createdAtMs: 0, firstSeenMs: now }, 'returning'],
    ['first seen now', {}, 'new'],
    ['first seen a week ago', { firstSeenMs: now - week }, 'returning'],
    ['first seen by a Sluice that is itself new', { watchingSinceMs: now - week + 1 }, 'unknown'],
    [
      'created yesterday, as a new Sluice is told',
      { createdAtMs: now - DAY, watchingSinceMs: now - 1 },
      'new',
    ],
  ])('%s', (_, known, stratum) => {
    expect(stratumOf({ ...times, ...known }, week)).toBe(stratum);
  });
});
