import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STABLE, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('bad input to /admin', () => {
  const rules = (...weights: number[]) => weights.map((weight) => ({ model_id: STABLE, weight }));

  it.each([
    ['weights that add up to 99', 'PATCH', '/routes/support', { rules: rules(80, 19) }, 'rules', /100/],
    [
      'weights that add up to 100.01',
      'PATCH',
      '/routes/support',
      { rules: rules(80, 20.01) },
      'rules',
      /100/,
    ],
    [
      'a weight of three decimals',
      'PATCH',
      '/routes/support',
      { rules: rules(79.999, 20.001) },
      'rules',
      /./,
    ],
    ['a negative weight', 'PATCH', '/routes/support', { rules: rules(120, -20) }, 'rules', /./],
    ['no rules', 'PATCH', '/routes/support', { rules: [] }, 'rules', /./],
    [
      'an unknown model in a rule',
      'PATCH',
      '/routes/support',
      { rules: [{ model_id: 'nobody', weight: 100 }] },
      'model_id',
      /nobody/,
    ],
    ['an unknown field', 'PATCH', '/routes/support', { wieghts: [1] }, 'wieghts', /./],
    ['an unknown field of a model', 'PATCH', `/models/${STABLE}`, { temperatur: 1 }, 'temperatur', /./],
    [
      'an openai address without /v1',
      'PATCH',
      `/models/${STABLE}`,
      { protocol: 'openai' },
      'base_url',
      /\/v1/,
    ],
    ['a duration without a unit', 'PATCH', `/models/${STABLE}`, { timeout: '10' }, 'timeout', /./],
    ['a role that is none', 'POST', '/keys', { name: 'x', role: 'king' }, 'role', /./],
  ])('%s', async (_, method, path, body, field, says) => {
    const before = await world.sluice.admin.must('GET', '/config');
    const { status, headers, json } = await world.sluice.admin.call(method, path, body);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const errors = json.errors as { path: string; message: string }[];
    expect(errors.map((error) => error.path).join()).toContain(field);
    expect(errors.map((error) => error.message).join()).toMatch(says);
    expect(await world.sluice.admin.must('GET', '/config')).toEqual(before);
  });

  it('bad JSON', async () => {
    const { status, json } = await world.sluice.admin.call('POST', '/routes', '{"rules":');
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toMatch(/JSON/);
  });
});
