import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armOf } from '../../src/domain/experiment.ts';
import { proveExperiment } from '../prove/experiment.ts';
import { broken } from '../prove/figure.ts';
import { DOORS } from '../support/asker.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

describe('an experiment', () => {
  it('finds what is true, shows nothing where nothing is, and is invalid where users are missing', {
    timeout: 240_000,
  }, async () => {
    const control = { completed: 0.63, followUps: 0.29, rounds: 3 };
    const treatment = { completed: 0.79, followUps: 0.17, rounds: 4.2 };
    expect(
      broken(await proveExperiment({ users: 400, control, treatment, equalPairs: 1, equalUsers: 200 })),
    ).toEqual([]);
  });
});

describe('a running experiment', () => {
  const ARMS = [
    { name: 'control', model_id: STABLE, share: 20 },
    { name: 'treatment', model_id: CANDIDATE, share: 20 },
  ];
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ shares: [{ model: STABLE, weight: 100 }] });
    const { admin } = world.sluice;
    await admin.must('POST', '/experiments', {
      id: 'running',
      salt: 'salt',
      route_id: 'support',
      duration: '72h',
      arms: ARMS,
      metrics: [{ metric: 'completion_rate', role: 'primary' }],
    });
    await admin.must('POST', '/experiments/running/start');
  });
  afterAll(() => world.close());

  const arms = ARMS.map(({ name, model_id, share }) => ({ name, modelId: model_id, steps: share * 100 }));
  const users = Array.from({ length: 60 }, (_, i) => `uid_${i}`);

  it('gives its users their models at every door, says so in the header, and writes it down', {
    timeout: 60_000,
  }, async () => {
    for (const [i, userId] of users.entries()) {
      const { headers } = await world.asker.ask({ door: DOORS[i % DOORS.length] ?? 'chat', userId });
      const arm = armOf({ salt: 'salt', arms }, userId);
      expect([headers['x-model-used'], headers['x-sluice-reason']], userId).toEqual(
        arm === null ? [STABLE, 'rule'] : [arm.modelId, 'experiment'],
      );
    }
    const rows = await exported(users.length);
    for (const row of rows) {
      const arm = armOf({ salt: 'salt', arms }, row.user_id ?? '');
      expect([row.experiment, row.arm]).toEqual(arm === null ? ['', ''] : ['running', arm.name]);
    }
  });

  it('stops with its route at once, and does not come back with it', async () => {
    const userId = users.find((user) => armOf({ salt: 'salt', arms }, user)?.name === 'treatment') ?? '';
    const modelOf = async () => (await world.asker.ask({ door: 'chat', userId })).headers['x-model-used'];
    expect(await modelOf()).toBe(CANDIDATE);
    await world.sluice.admin.must('POST', '/routes/support/disable');
    await world.sluice.admin.must('POST', '/routes/support/enable');
    expect(await modelOf()).toBe(STABLE);
    const { json } = await world.sluice.admin.call('GET', '/experiments/running');
    expect(json).toMatchObject({ status: 'stopped', stopped_because: 'route_disabled' });
  });

  /** The record as it is exported, once the index has so many requests. */
  async function exported(count: number): Promise<Record<string, string>[]> {
    const { url, adminKey } = world.sluice;
    for (let tries = 0; tries < 150; tries += 1) {
      const answer = await fetch(`${url}/admin/v1/export/requests.csv`, {
        headers: { 'x-api-key': adminKey },
      });
      // `text()` would take the BOM away.
      const text = Buffer.from(await answer.arrayBuffer()).toString();
      const [head = [], ...rows] = answer.ok ? parseCsv(text) : [];
      if (rows.length === count)
        return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])));
      await delay(200);
    }
    throw new Error(`the index never had ${count} requests`);
  }
});
