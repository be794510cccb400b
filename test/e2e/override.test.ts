import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DOORS, type Door, type Question, type Reply } from '../support/asker.ts';
import { messageOfError } from '../support/error-shape.ts';
import { CANDIDATE, rulesOf, SPLIT_80_20, STABLE, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.sluice.admin.must('POST', '/routes', {
    id: 'beta',
    aliases: ['Qwen/Qwen3-32B'],
    rules: rulesOf([{ model: CANDIDATE, weight: 100 }]),
  });
});
afterAll(() => world.close());

const modelAndReason = ({ headers }: Reply): unknown[] => [
  headers['x-model-used'],
  headers['x-sluice-reason'],
];

describe.each(DOORS)('a model that is named on %s', (door) => {
  /** `alice` would get stable by the rules. */
  const ask = (more: Partial<Question>): Promise<Reply> =>
    world.asker.ask({ door, userId: 'alice', ...more });
  const hasModel = door !== 'chat';

  it('answers, whatever the rules say', async () => {
    expect(modelAndReason(await ask({}))).toEqual([STABLE, 'rule']);
    expect(modelAndReason(await ask({ more: { model_id: CANDIDATE } }))).toEqual([CANDIDATE, 'override']);
    expect(modelAndReason(await ask({ headers: { 'x-model-id': CANDIDATE } }))).toEqual([
      CANDIDATE,
      'override',
    ]);
    if (hasModel) expect(modelAndReason(await ask({ model: CANDIDATE }))).toEqual([CANDIDATE, 'override']);
  });

  it('in the body wins over the header, and both over the name of a route', async () => {
    const reply = await ask({ more: { model_id: STABLE }, headers: { 'x-model-id': CANDIDATE } });
    expect(modelAndReason(reply)).toEqual([STABLE, 'override']);
    expect(modelAndReason(await ask({ more: { model_id: STABLE, route: 'beta' } }))).toEqual([
      STABLE,
      'override',
    ]);
  });

  it('a route is found by its id and its alias; anything else is the default route', async () => {
    for (const name of ['beta', 'Qwen/Qwen3-32B']) {
      const reply = await ask(hasModel ? { model: name } : { more: { route: name } });
      expect([...modelAndReason(reply), reply.headers['x-sluice-route']]).toEqual([
        CANDIDATE,
        'rule',
        'beta',
      ]);
    }
    if (!hasModel) return;
    for (const name of ['qwen3:32b', 'gpt-4o', 'llama3:latest']) {
      const reply = await ask({ model: name });
      expect([...modelAndReason(reply), reply.headers['x-sluice-route']]).toEqual([
        STABLE,
        'rule',
        'support',
      ]);
    }
  });

  it('is 404 when it is disabled, and never falls back', async () => {
    await world.sluice.admin.must('PATCH', `/models/${CANDIDATE}`, { enabled: false });
    try {
      await refused(door, () => ask({ more: { model_id: CANDIDATE } }), 404, /disabled/);
      // The rules do fall back.
      const ruled = await world.asker.ask({ door, userId: 'uid_123456' });
      expect(modelAndReason(ruled)).toEqual([STABLE, 'rule']);
      expect(ruled.headers).toMatchObject({
        'x-sluice-assigned-model': CANDIDATE,
        'x-sluice-fallback': 'disabled',
      });
    } finally {
      await world.sluice.admin.must('PATCH', `/models/${CANDIDATE}`, { enabled: true });
    }
  });

  it('is not served by another model when it fails', async () => {
    world.sim.setFaults([{ fault: 'status_500', model: 'qwen3:32b' }]);
    try {
      await refusedBy(door, () => ask({ more: { model_id: CANDIDATE } }), 502);
    } finally {
      world.sim.setFaults([]);
    }
  });

  it('may be forbidden to a key', async () => {
    const { key } = await world.sluice.admin.must('POST', '/keys', {
      name: 'ruled',
      role: 'chat',
      may_override: false,
    });
    const mine = { key: String(key) };
    expect(modelAndReason(await ask(mine))).toEqual([STABLE, 'rule']);
    await refused(door, () => ask({ ...mine, more: { model_id: CANDIDATE } }), 403, /may not name a model/);
    await refused(
      door,
      () => ask({ ...mine, headers: { 'x-model-id': CANDIDATE } }),
      403,
      /may not name a model/,
    );
    if (hasModel) await refused(door, () => ask({ ...mine, model: CANDIDATE }), 403, /may not name a model/);
  });
});

describe('routing', () => {
  const patch = (change: object) => world.sluice.admin.must('PATCH', '/routes/support', change);
  afterEach(async () => {
    await patch({ rules: rulesOf(SPLIT_80_20), audiences: [], stickiness: 'user', default: true });
    await world.sluice.admin.must('PATCH', '/settings', { routing: { unknown_model: 'default_route' } });
  });
  const ask = (userId: string, more: Partial<Question> = {}): Promise<Reply> =>
    world.asker.ask({ door: 'openai', userId, ...more });

  it('an unknown model may be refused instead', async () => {
    await world.sluice.admin.must('PATCH', '/settings', { routing: { unknown_model: 'reject' } });
    await refused('openai', () => ask('alice', { model: 'gpt-4o' }), 404, /gpt-4o/);
    expect((await ask('alice', { model: 'support' })).status).toBe(200);
  });

  it('without a default route there is nobody to ask', async () => {
    await patch({ default: false });
    await refused('openai', () => ask('alice', { model: 'gpt-4o' }), 404, /default route/);
  });

  it('audiences come before rules, in their order', async () => {
    await patch({
      audiences: [
        { name: 'staff', match: { user_prefix: 'staff-' }, model_id: STABLE },
        { name: 'beta', match: { user_ids: ['alice', 'staff-1'] }, model_id: CANDIDATE },
        { name: 'gold', match: { segment: 'gold' }, model_id: CANDIDATE },
        { name: 'new', match: { created_after: '2026-06-01T00:00:00Z' }, model_id: CANDIDATE },
      ],
    });
    const bob = 'bob'; // bucket 32: stable by the rules
    const cases: [string, Partial<Question>, string, string][] = [
      ['alice', {}, CANDIDATE, 'audience'],
      ['staff-1', {}, STABLE, 'audience'],
      [bob, { headers: { 'x-user-created-at': '2020-01-01T00:00:00Z' } }, STABLE, 'rule'],
      [
        bob,
        { headers: { 'x-user-segment': 'gold', 'x-user-created-at': '2020-01-01T00:00:00Z' } },
        CANDIDATE,
        'audience',
      ],
      [
        bob,
        { more: { metadata: { segment: 'gold' } }, headers: { 'x-user-created-at': '2020-01-01T00:00:00Z' } },
        CANDIDATE,
        'audience',
      ],
      [bob, { headers: { 'x-user-created-at': '2026-06-02T00:00:00Z' } }, CANDIDATE, 'audience'],
      // Sluice itself sees this one for the first time, now.
      ['somebody new', {}, CANDIDATE, 'audience'],
    ];
    for (const [userId, more, model, reason] of cases) {
      expect(modelAndReason(await ask(userId, more)), `${userId} ${JSON.stringify(more)}`).toEqual([
        model,
        reason,
      ]);
    }
  });

  it('a disabled route gives stable to everyone, audiences too', async () => {
    await patch({ audiences: [{ name: 'beta', match: { user_ids: ['alice'] }, model_id: CANDIDATE }] });
    await world.sluice.admin.must('POST', '/routes/support/disable');
    for (const user of ['alice', 'uid_123456']) {
      expect(modelAndReason(await ask(user))).toEqual([STABLE, 'route_disabled']);
    }
    await world.sluice.admin.must('POST', '/routes/support/enable');
    expect(modelAndReason(await ask('uid_123456'))).toEqual([CANDIDATE, 'rule']);
  });

  it('a conversation may stay where it began while shares change', async () => {
    await patch({ stickiness: 'conversation' });
    const talk = { headers: { 'x-session-id': 'long talk' } };
    expect(modelAndReason(await ask('alice', talk))).toEqual([STABLE, 'rule']);
    await patch({
      rules: rulesOf([
        { model: STABLE, weight: 0 },
        { model: CANDIDATE, weight: 100 },
      ]),
    });
    expect(modelAndReason(await ask('alice', talk))).toEqual([STABLE, 'pinned']);
    expect(modelAndReason(await ask('alice'))).toEqual([CANDIDATE, 'rule']);
    await world.sluice.admin.must('POST', '/routes/support/disable');
    expect(modelAndReason(await ask('alice', talk))).toEqual([STABLE, 'route_disabled']);
    await world.sluice.admin.must('POST', '/routes/support/enable');
  });

  it('explain says what an answer then shows', async () => {
    const users = Array.from({ length: 200 }, (_, i) => `uid_${i}`);
    const { items, counts } = await world.sluice.admin.must('POST', '/routes/support/explain', {
      user_ids: users,
    });
    const explained = items as { user_id: string; bucket: number; assigned_model_id: string }[];
    expect(explained.map((item) => item.user_id)).toEqual(users);
    const seen: Record<string, number> = {};
    for (const { user_id, bucket, assigned_model_id } of explained) {
      const { headers } = await ask(user_id);
      expect([headers['x-model-used'], headers['x-sluice-bucket']]).toEqual([
        assigned_model_id,
        String(bucket),
      ]);
      seen[assigned_model_id] = (seen[assigned_model_id] ?? 0) + 1;
    }
    expect(counts).toEqual(seen);
  });
});

/** Refused before any model server was asked. */
async function refused(door: Door, send: () => Promise<Reply>, status: number, says: RegExp): Promise<void> {
  const asked = world.sim.requests.length;
  const reply = await send();
  expect(reply.status).toBe(status);
  expect(messageOfError(door, reply)).toMatch(says);
  expect(world.sim.requests.length).toBe(asked);
}

/** Failed at the model server, which was asked once. */
async function refusedBy(door: Door, send: () => Promise<Reply>, status: number): Promise<void> {
  const asked = world.sim.requests.length;
  const reply = await send();
  expect(reply.status).toBe(status);
  messageOfError(door, reply);
  expect(world.sim.requests.length).toBe(asked + 1);
  expect(reply.headers['x-model-used']).toBe(CANDIDATE);
}
