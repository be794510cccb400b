import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broken } from '../prove/figure.ts';
import { proveSplit } from '../prove/split.ts';
import { DOORS } from '../support/asker.ts';
import { goldenBucket, goldenModel, goldenPosition, type Share } from '../support/golden-rule.ts';
import { CANDIDATE, rulesOf, STABLE, startWorld, type World } from '../support/world.ts';

describe('users are split by their ids', () => {
  it('10,000 ids, on three protocols, over both upstream kinds', { timeout: 120_000 }, async () => {
    expect(broken(await proveSplit({ users: 10_000, everyDoor: false }))).toEqual([]);
  });

  it('the golden rule of these tests agrees with the golden file', () => {
    const file = new URL('../vectors/buckets.json', import.meta.url);
    const { unsalted } = JSON.parse(readFileSync(file, 'utf8')) as {
      unsalted: { user_id: string; bucket: number; position: number }[];
    };
    expect(unsalted.length).toBeGreaterThan(10);
    for (const { user_id, bucket, position } of unsalted) {
      expect([goldenBucket(user_id), goldenPosition(user_id)], user_id).toEqual([bucket, position]);
    }
  });
});

describe('the rules of a route', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const setRules = (shares: readonly Share[]) =>
    world.sluice.admin.must('PATCH', '/routes/support', { rules: rulesOf(shares) });
  const modelOf = async (userId: string, index: number): Promise<unknown> => {
    const door = DOORS[index % DOORS.length] ?? 'chat';
    return (await world.asker.ask({ door, userId })).headers['x-model-used'];
  };

  it('are kept to two decimals', async () => {
    // Positions 8964 and 83 stand just inside and just outside these bounds.
    for (const [weight, users] of [
      [89.64, { uid_123456: CANDIDATE, alice: STABLE }],
      [89.65, { uid_123456: STABLE, alice: STABLE }],
      [0.83, { uid_123456: CANDIDATE, alice: CANDIDATE }],
      [0.84, { uid_123456: CANDIDATE, alice: STABLE }],
    ] as const) {
      const shares = [
        { model: STABLE, weight },
        { model: CANDIDATE, weight: Math.round((100 - weight) * 100) / 100 },
      ];
      await setRules(shares);
      for (const [user, model] of Object.entries(users)) {
        expect(goldenModel(user, shares)).toBe(model);
        expect(await modelOf(user, 0), `${user} at ${weight}`).toBe(model);
      }
    }
  });

  it('are taken in their written order', async () => {
    await setRules([
      { model: CANDIDATE, weight: 20 },
      { model: STABLE, weight: 80 },
    ]);
    expect(await modelOf('alice', 1)).toBe(CANDIDATE);
    expect(await modelOf('uid_123456', 2)).toBe(STABLE);
  });

  it('only add users to the candidate when its share grows', async () => {
    const users = Array.from({ length: 60 }, (_, i) => `uid_${i}`);
    let before = new Set<string>();
    for (const weight of [0, 5, 25, 50, 100]) {
      await setRules([
        { model: STABLE, weight: 100 - weight },
        { model: CANDIDATE, weight },
      ]);
      const models = await Promise.all(users.map(modelOf));
      const on = new Set(users.filter((_, i) => models[i] === CANDIDATE));
      expect(before.isSubsetOf(on)).toBe(true);
      before = on;
    }
    expect(before.size).toBe(users.length);
  });

  it('survive values that are not ASCII, in the body and in a header as UTF-8', async () => {
    await setRules([
      { model: STABLE, weight: 80 },
      { model: CANDIDATE, weight: 20 },
    ]);
    for (const userId of ['müller', '张三', '用户42', '😀', ' alice ', 'Alice']) {
      const bucket = String(goldenBucket(userId));
      expect((await world.asker.ask({ door: 'chat', userId })).headers['x-sluice-bucket']).toBe(bucket);
      const latin = Buffer.from(userId).toString('latin1');
      const headers = { 'x-user-id': latin };
      if (userId.trim() !== userId) continue; // HTTP itself takes the spaces off a header
      expect((await world.asker.ask({ door: 'ollama', headers })).headers['x-sluice-bucket']).toBe(bucket);
    }
  });
});
