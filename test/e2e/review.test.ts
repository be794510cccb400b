import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewNext, ReviewResult } from '../../src/contract/review.ts';
import { type AdminClient, createAdminClient } from '../support/admin-client.ts';
import { indexed } from '../support/indexed.ts';
import { makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, rulesOf, SPLIT_50_50, STABLE, startWorld, type World } from '../support/world.ts';

const QUESTIONS = ['accuracy', 'instruction_following', 'redundancy'];
const good = { accuracy: true, instruction_following: true, redundancy: false };
let data: Awaited<ReturnType<typeof makeDataDir>>;
let world: World;
let annKey: string;
let ann: AdminClient;
let bob: AdminClient;
let viewer: AdminClient;

beforeAll(async () => {
  data = await makeDataDir();
  world = await startWorld({
    server: { dataDir: data.dataDir },
    shares: SPLIT_50_50,
  });
  const keyOf = async (name: string, role: string) =>
    String((await world.sluice.admin.must('POST', '/keys', { name, role })).key);
  annKey = await keyOf('ann', 'analyst');
  const keys = [annKey, await keyOf('bob', 'analyst'), await keyOf('viewer', 'viewer')];
  [ann, bob, viewer] = keys.map((key) => createAdminClient(world.sluice.url, key)) as [
    AdminClient,
    AdminClient,
    AdminClient,
  ];
  for (let i = 0; i < 40; i += 1) {
    const ask = { door: 'openai', userId: `uid_${i}`, headers: { 'x-session-id': `chat-${i}` } } as const;
    await world.asker.ask({ ...ask, content: `question ${i}` });
  }
  await indexed(world.sluice.admin);
});
afterAll(async () => {
  await world.close();
  await data.remove();
});

const admin = () => world.sluice.admin;
const made = (more: object) =>
  admin().must('POST', '/reviews', { model_ids: [STABLE, CANDIDATE], sample_size: 5, ...more });
const next = async (who: AdminClient, id: string) =>
  (await who.must('GET', `/reviews/${id}/next`)) as ReviewNext & object;
const itemOf = async (who: AdminClient, id: string) => {
  const { item, because } = await next(who, id);
  if (item === null) throw new Error(String(because));
  return item;
};
const say = (who: AdminClient, id: string, item: string, body: object) =>
  who.call('POST', `/reviews/${id}/items/${item}`, body);

describe('a batch', () => {
  it('is drawn at random: the same answers for a salt, others for another', async () => {
    const exported = async (id: string, salt: string) => {
      const { drawn, items, notes } = await made({ id, salt });
      expect(drawn).toMatchObject([STABLE, CANDIDATE].map((model_id) => ({ model_id, drawn: 5 })));
      expect([items, notes]).toEqual([10, []]);
      const said = new Set<string>();
      for (let i = 0; i < 10; i += 1) {
        const item = await itemOf(ann, id);
        said.add(item.conversation[0]?.content ?? '');
        await say(ann, id, item.id, { skip: true });
      }
      expect(said.size).toBe(10);
      return [...said];
    };
    const one = await exported('one', 's1');
    expect(await exported('two', 's1')).toEqual(one);
    expect(await exported('three', 's2')).not.toEqual(one);
  });

  it('does not say who answered, or whom', async () => {
    await made({ id: 'blind' });
    const seen = JSON.stringify(await next(ann, 'blind'));
    for (const name of [STABLE, CANDIDATE, 'uid_', 'req_', 'chat-', 'ses_']) expect(seen).not.toContain(name);
  });

  it('gives each of several reviewers another answer, and counts each answer once', async () => {
    await made({ id: 'shared', sample_size: 2 });
    const [a, b] = await Promise.all([itemOf(ann, 'shared'), itemOf(bob, 'shared')]);
    expect(a.id).not.toBe(b.id);
    expect((await itemOf(ann, 'shared')).id).toBe(a.id);
    expect((await say(bob, 'shared', a.id, { marks: good })).status).toBe(409);
    expect((await say(ann, 'shared', a.id, { marks: good })).json).toMatchObject({ rated: 1, items: 4 });
    expect((await say(ann, 'shared', a.id, { marks: good })).status).toBe(409);
    expect((await say(ann, 'shared', a.id, { undo: true })).json).toMatchObject({ rated: 0 });
    expect((await itemOf(bob, 'shared')).id).toBe(b.id);
    await say(bob, 'shared', b.id, { skip: true });
    for (let i = 0; i < 4; i += 1) {
      await say(ann, 'shared', (await itemOf(ann, 'shared')).id, { marks: good });
    }
    expect(await next(ann, 'shared')).toMatchObject({ item: null, because: 'every answer has been rated' });
  });

  it('tells its result by model with intervals, and how far reviewers agree', async () => {
    await made({
      id: 'figures',
      ratings_per_item: 2,
      questions: [
        { id: 'accuracy', text: 'Are all facts right?', scale: 'yes_no' },
        { id: 'tone', text: 'How is its tone?', scale: '1-5' },
      ],
    });
    const empty = (await viewer.must('GET', '/reviews/figures/result')) as ReviewResult & object;
    expect(empty.models[0]?.questions[0]).toMatchObject({
      status: 'insufficient_data',
      value: null,
      low: null,
    });
    for (let i = 0; i < 10; i += 1) {
      await say(ann, 'figures', (await itemOf(ann, 'figures')).id, { marks: { accuracy: true, tone: 4 } });
      await say(bob, 'figures', (await itemOf(bob, 'figures')).id, { marks: { accuracy: i > 0, tone: 4 } });
    }
    const result = (await viewer.must('GET', '/reviews/figures/result')) as ReviewResult & object;
    expect(result).toMatchObject({ items: 10, rated: 10 });
    for (const { items, rated, questions } of result.models) {
      expect([items, rated]).toEqual([5, 5]);
      expect(questions[1]).toMatchObject({ id: 'tone', status: 'ok', value: 4, answers: 5, users: 5 });
      for (const { low, value, high } of questions)
        expect(Number(low) <= Number(value) && Number(value) <= Number(high)).toBe(true);
    }
    const shares = result.models.map(({ questions }) => Number(questions[0]?.value)).sort();
    expect(shares).toEqual([0.9, 1]);
    expect(result.agreement).toMatchObject([
      { question_id: 'accuracy', status: 'ok', same: 0.9, answers: 10 },
      { question_id: 'tone', status: 'zero_variance', alpha: null },
    ]);
  });

  it('is exported by rating, and leaves no words of reviewers or users in the audit', async () => {
    await made({ id: 'export', sample_size: 1 });
    const item = await itemOf(ann, 'export');
    await say(ann, 'export', item.id, { marks: good, comment: '=the diary of Anne' });
    await say(ann, 'export', (await itemOf(ann, 'export')).id, { skip: true });
    const csv = await fetch(`${world.sluice.url}/admin/v1/reviews/export/ratings.csv`, {
      headers: { authorization: `Bearer ${annKey}` },
    });
    const [head, ...lines] = (await csv.text()).trim().split('\r\n');
    expect(head).toBe(
      `item_id,request_id,model_id,time,reviewer,reviewer_name,rated_at,skipped,${QUESTIONS.join(',')},comment`,
    );
    expect(lines.map((line) => line.split(',').slice(7).join(',')).sort()).toEqual([
      "false,true,true,false,'=the diary of Anne",
      'true,,,,',
    ]);
    const audit = JSON.stringify(await admin().must('GET', '/audit?limit=500'));
    expect(audit).toContain('reviews.rate');
    for (const word of ['diary', 'question ', '"marks"']) expect(audit).not.toContain(word);
  });

  it('loses the answers of a user who is erased, with their ratings', async () => {
    await made({ id: 'erased', model_ids: [STABLE, CANDIDATE], sample_size: 40 });
    expect(await admin().must('GET', '/reviews/erased')).toMatchObject({ items: 40 });
    const item = await itemOf(ann, 'erased');
    await say(ann, 'erased', item.id, { marks: good, comment: 'the card is #4711' });
    const user = `uid_${item.conversation[0]?.content.slice('question '.length)}`;
    const { review_items } = await admin().must('DELETE', `/users/${user}/data`);
    expect(Number(review_items)).toBeGreaterThanOrEqual(1);
    await indexed(admin());
    expect(await admin().must('GET', '/reviews/erased')).toMatchObject({ items: 39, ratings: 0 });
    expect((await say(ann, 'erased', item.id, { undo: true })).status).toBe(404);
    const files = readdirSync(data.dataDir).filter((name) => name.startsWith('control.sqlite'));
    expect(files.filter((name) => readFileSync(join(data.dataDir, name)).includes('#4711'))).toEqual([]);
  });
});

describe('what cannot be', () => {
  it.each<[string, () => AdminClient, string, string, object | undefined, number]>([
    [
      'a batch made by an analyst',
      () => ann,
      'POST',
      '/reviews',
      { id: 'x', model_ids: [STABLE], sample_size: 1 },
      403,
    ],
    ['texts for a viewer', () => viewer, 'GET', '/reviews/blind/next', undefined, 403],
    ['an unknown model', admin, 'POST', '/reviews', { id: 'x', model_ids: ['nobody'], sample_size: 1 }, 400],
    [
      'too many answers',
      admin,
      'POST',
      '/reviews',
      { id: 'x', model_ids: [STABLE, CANDIDATE], sample_size: 501 },
      400,
    ],
    [
      'a batch that is there',
      admin,
      'POST',
      '/reviews',
      { id: 'blind', model_ids: [STABLE], sample_size: 1 },
      409,
    ],
    ['an unknown batch', () => ann, 'GET', '/reviews/nothing/next', undefined, 404],
    ['an unknown answer', () => ann, 'POST', '/reviews/blind/items/item_0', { skip: true }, 404],
  ])('%s', async (_, who, method, path, body, status) => {
    expect((await who().call(method, path, body)).status).toBe(status);
  });

  it('a rating that leaves a question out, or answers another', async () => {
    const item = await itemOf(ann, 'blind');
    for (const body of [
      { marks: { accuracy: true } },
      { marks: { ...good, taste: 3 } },
      { marks: { ...good, accuracy: 4 } },
      { marks: good, skip: true },
      {},
    ]) {
      expect((await say(ann, 'blind', item.id, body)).status, JSON.stringify(body)).toBe(400);
    }
  });

  it('a draw from what was not kept, and it says so', async () => {
    await admin().must('PATCH', `/models/${CANDIDATE}`, { capture: 'off' });
    const from = new Date().toISOString();
    for (let i = 0; i < 8; i += 1) await world.asker.ask({ door: 'openai', userId: `new_${i}` });
    const draw = (model_ids: string[], id: string) =>
      admin().call('POST', '/reviews', {
        id,
        model_ids,
        sample_size: 9,
        from,
        to: new Date(Date.now() + 60_000).toISOString(),
      });
    const refused = await draw([CANDIDATE], 'none');
    expect([refused.status, JSON.stringify(refused.json)]).toEqual([
      409,
      expect.stringContaining('its capture is \\"off\\"'),
    ]);
    const some = await draw([STABLE, CANDIDATE], 'some');
    expect(some.json.notes).toEqual([
      expect.stringContaining('gave no more whole answers in this time'),
      expect.stringContaining('its capture is "off"'),
    ]);
  });

  it('the removal of another version than was seen', async () => {
    const gone = (version: number) =>
      admin().call('DELETE', '/reviews/blind', undefined, { 'if-match': `"${version}"` });
    const { version } = await admin().must('GET', '/reviews/blind');
    expect((await gone(Number(version) + 1)).status).toBe(412);
    expect((await gone(Number(version))).status).toBe(200);
    expect((await admin().call('GET', '/reviews/blind')).status).toBe(404);
  });
});

describe('the gate of a rollout', () => {
  it('counts what reviewers found of the answers that the candidate gave in its stage', {
    timeout: 60_000,
  }, async () => {
    await admin().must('PATCH', `/models/${CANDIDATE}`, { capture: 'full' });
    await admin().must('PATCH', '/routes/support', { rules: rulesOf([{ model: STABLE, weight: 100 }]) });
    const gate = { metric: 'review_accuracy', op: '>=', value: 0.6, min_samples: 3 };
    const { version } = await admin().must('POST', '/rollouts', {
      id: 'june',
      route_id: 'support',
      candidate_model_id: CANDIDATE,
      stages: [{ weight: 50, gates: [gate] }, { weight: 100 }],
    });
    const from = new Date().toISOString();
    await admin().must('POST', '/rollouts/june/start', {
      stage: 0,
      expected_version: version,
      reason: 'tested',
    });
    for (let i = 0; i < 24; i += 1)
      await world.asker.ask({ door: 'openai', userId: `staged_${i}`, content: 'question' });
    await made({
      id: 'gate',
      model_ids: [CANDIDATE],
      sample_size: 3,
      from,
      to: new Date(Date.now() + 1_000).toISOString(),
    });
    for (const accuracy of [true, true, false]) {
      await say(ann, 'gate', (await itemOf(ann, 'gate')).id, { marks: { ...good, accuracy } });
    }
    const read = async () =>
      ((await admin().must('GET', '/rollouts/june')).gates as Record<string, unknown>[])[0];
    for (let tries = 0; tries < 120 && (await read())?.samples !== 3; tries += 1) await delay(250);
    expect(await read()).toMatchObject({
      metric: 'review_accuracy',
      samples: 3,
      verdict: 'pass',
      value: 2 / 3,
    });
    await admin().must('POST', '/rollouts/june/abort', { reason: 'tested' });
  });
});
